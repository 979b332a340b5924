"""Reports: everything about a run on one page that opens without a network."""

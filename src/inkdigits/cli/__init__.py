"""The command line: one module per verb, each parsing, calling and printing."""

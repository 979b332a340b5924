"""Run folders: what a run keeps on disk, written complete or not at all, read with suspicion."""

"""Data of one's own -> a data set: class folders, IDX, .npz and Parquet files, known names."""

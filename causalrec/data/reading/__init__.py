"""From a file of any kind to one Parquet table, and to a dataset."""

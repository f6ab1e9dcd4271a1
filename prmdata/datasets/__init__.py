"""The dataset on disk: Parquet, splits, card and manifest, read again and pushed."""

"""What causes what: graphs, identification, tables, estimators."""

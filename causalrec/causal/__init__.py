"""What causes what? Graphs, identification, tables and estimators."""

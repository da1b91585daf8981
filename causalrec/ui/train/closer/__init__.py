"""Looking closer at models: lists, similar items, histories by hand."""

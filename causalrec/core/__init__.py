"""What every room stands on: words, errors, parameters, catalogues, results, progress."""

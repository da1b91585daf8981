"""What every room stands on: words, errors, parameters, catalogues, results, devices, seeds, progress."""

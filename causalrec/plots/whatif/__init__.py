"""Charts of forecasts and comparisons."""

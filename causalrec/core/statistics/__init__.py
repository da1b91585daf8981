"""Every statistic that more than one room needs, written once."""

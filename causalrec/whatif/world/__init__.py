"""A world fitted to a log, in which policies can be tried."""

"""Several processes that train one model together, and where training stands."""

"""Before against after: figures, their changes, and the verdict."""

"""What the product does, one file a task, the same for a page, the command line and a notebook."""

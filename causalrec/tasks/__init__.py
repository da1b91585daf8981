"""What the product does: one file a task; pages, command line and notebooks run the same ones."""

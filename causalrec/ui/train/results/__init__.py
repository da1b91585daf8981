"""What was trained, side by side."""

"""What single columns hold: ids, numbers, times, in any of their usual forms."""

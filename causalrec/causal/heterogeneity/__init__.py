"""For whom an effect is how large, and whether that can be told at all."""

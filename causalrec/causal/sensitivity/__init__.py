"""How strong a hidden cause would have to be to explain an effect away."""

"""Tables for causal questions, and starting graphs bound to them."""

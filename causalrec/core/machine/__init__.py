"""What this machine has: where tensors live, how much memory work may take, what it costs."""

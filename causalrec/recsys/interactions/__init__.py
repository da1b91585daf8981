"""What users did, as matrices, sequences, weights and lists."""

"""What moves an outcome: factors ranked by their effects, and a change split among mechanisms."""

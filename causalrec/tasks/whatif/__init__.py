"""Tasks about interventions."""

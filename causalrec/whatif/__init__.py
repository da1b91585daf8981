"""What if we changed it? Interventions, policy value, simulation, comparison and report."""

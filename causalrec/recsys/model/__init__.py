"""What every recommender is: fit, score, answer, save."""

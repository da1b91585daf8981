"""What estimators share: the problem, scores and intervals, weights, checks of fit."""

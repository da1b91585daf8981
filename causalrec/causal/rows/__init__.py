"""The columns of a question as every estimator takes them."""

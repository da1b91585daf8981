"""The models that an effect is estimated with but not about."""

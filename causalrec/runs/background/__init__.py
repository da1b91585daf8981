"""Runs in processes of their own: started, watched, stopped."""

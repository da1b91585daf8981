"""The form that starts trainings and searches."""

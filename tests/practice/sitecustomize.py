"""Gives child processes of a test the practice tasks: this folder is on their PYTHONPATH."""

from practice_tasks import add_practice_tasks

add_practice_tasks()

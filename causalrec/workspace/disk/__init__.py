"""Folders that are seen whole or not at all, and what a disk says."""

"""A task on the record, in this process."""

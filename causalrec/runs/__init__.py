"""Work on the record: every task runs the same way, in this process or in one of its own."""

"""What an intervention would do, said by three methods."""

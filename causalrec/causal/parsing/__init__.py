"""The parts that texts of graphs are read by and written with, whatever their format."""

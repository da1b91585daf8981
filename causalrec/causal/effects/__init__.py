"""From a table and a graph to an effect, or to the reason why there is none."""

"""The other side of every comparison: the usual libraries, used as their documentation shows."""

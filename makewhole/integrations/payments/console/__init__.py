"""A payment provider for development: it prints what it is asked for and settles it with the next report."""

"""Readers of real shops' exports. Each turns files into documents of makewhole's own order format."""

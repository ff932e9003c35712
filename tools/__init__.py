"""Tools for those who work on makewhole; nothing here is part of the program."""

"""The shapes of the API's answers, and the functions that write a room's values in them.

A shape documents an answer; the answers themselves are written as plain dictionaries, so nothing is checked twice at
run time. The contract tests hold every answer against its shape.
"""

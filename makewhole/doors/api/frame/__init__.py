"""What every route of the API stands in: who calls, what was sent, what is answered, and what is refused how."""

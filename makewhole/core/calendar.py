"""Terms applied to the calendar of a market: hours, calendar days from the day after, working days."""

"""A payment provider to try makewhole with: it takes its time, fails now and then, and moves no real money."""

"""makewhole: after-sales, dispute resolution and buyer protection for online marketplaces."""

__version__ = "0.1.0"

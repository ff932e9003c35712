"""Django's PostgreSQL engine with one habit more; see `base`."""

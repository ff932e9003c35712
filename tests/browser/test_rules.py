"""The rules as anyone reads them, in a real browser: three languages, phone and desk, with and without script."""

"""The parts all portals are built of: design tokens, template tags and templates. See ../README.md."""

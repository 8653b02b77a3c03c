"""Sections of upstream's documentation of its configuration: one module each, one field for each variable."""

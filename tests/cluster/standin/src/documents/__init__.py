"""Documents of the stand-in."""

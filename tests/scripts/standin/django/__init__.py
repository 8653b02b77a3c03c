"""As much of it as an export needs."""


def setup():
    """Nothing to set up."""

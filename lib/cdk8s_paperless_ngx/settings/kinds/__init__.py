"""What values a variable takes, by theme: how one is checked, written for the application, and read from a file."""

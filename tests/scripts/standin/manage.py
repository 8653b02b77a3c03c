"""Stands in for the application's: its exporter and importer on a directory, with a database of one JSON file."""

import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    execute_from_command_line(sys.argv)

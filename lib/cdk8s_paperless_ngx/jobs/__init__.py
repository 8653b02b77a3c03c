"""Work that is done once, not for ever: the migration, and making Secrets."""

"""Work that ends: the migration, making Secrets, the rescue of documents that were left behind."""

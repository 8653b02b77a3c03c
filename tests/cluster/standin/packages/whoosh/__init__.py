"""As ``tantivy`` beside it, for versions before 3.0."""

"""PostgreSQL and Redis for those who bring none."""

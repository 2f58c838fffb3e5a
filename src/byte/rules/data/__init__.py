"""BYT2xx: models, tables, relationships and migrations."""

"""BYT5xx: configuration, dependencies and other services."""

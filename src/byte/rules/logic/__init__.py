"""BYT3xx: errors, edge cases and concurrency."""

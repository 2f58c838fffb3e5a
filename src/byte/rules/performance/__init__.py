"""BYT4xx: queries, the event loop, memory and caching."""

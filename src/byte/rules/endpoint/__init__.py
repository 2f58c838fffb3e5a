"""BYT1xx: endpoints, their paths, models and compatibility."""

"""Snapshot -> facts: what the source says and where, by reading alone. Knows only `byte.model`."""

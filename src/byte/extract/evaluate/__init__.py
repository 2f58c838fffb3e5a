"""Follows the code of a project on values that may be unknown; it knows Python, and libraries by their models alone.

Nothing here knows what is done with the values: what asks for them stands on it, never the other way round.
"""

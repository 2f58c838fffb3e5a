"""Schemas of both sides, keyword by keyword: how they differ, and what oasdiff's checks say of it."""

from byte.compare.schemas.bodies import Where, body_changes

__all__ = ["Where", "body_changes"]

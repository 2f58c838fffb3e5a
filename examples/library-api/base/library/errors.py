class NotFoundError(Exception):
    """What was asked for is not there."""


class ConflictError(Exception):
    """The request contradicts what is stored."""

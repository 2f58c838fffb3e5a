"""The errors that Byte raises: each message is one sentence that says what was seen and what to do."""


class ByteError(Exception):
    """Byte could not do its work; the message is meant for the user (exit code 2)."""


class SourceError(ByteError):
    """The input cannot be read: not a repository, an unknown revision, a document that is none."""


class SettingsError(ByteError):
    """`[tool.byte]` or an option holds something that Byte does not understand."""

"""Where reports go: standard output, which may be closed, full, or a pipe that nobody reads any more."""

import os
import sys

from byte.model.errors import SourceError


def write(text: str) -> None:
    """Write all of it now; a reader who has gone needs no sentence, a full disk does."""
    if sys.stdout is None:
        raise SourceError("There is no standard output to write to: open it.")
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        _discard()
        sys.exit(2)
    except OSError as error:
        _discard()
        raise SourceError(f"Standard output cannot be written to ({error.strerror}).") from None


def _discard() -> None:
    """What is still held back goes nowhere, so that the interpreter's last flush is quiet."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

"""Where reports go: standard output, which may be closed, full, or a pipe that nobody reads any more."""

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TextIO

from byte.model.errors import SourceError
from byte.sources import paths


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


def watched(stream: TextIO | None) -> bool:
    """Whether a stream is a terminal; a closed one is None."""
    return stream is not None and stream.isatty()


def width() -> int:
    """Columns of a report at the terminal: long lines are hard to read, however wide it is."""
    return min(shutil.get_terminal_size((100, 40)).columns, 140)


def deliver(text: str, output: Path | None) -> None:
    """Write the text to a file, whole or not at all; to standard output where none is named."""
    if output is None:
        write(text)
        return
    output = output.resolve()
    try:
        if output.exists() and not output.is_file():
            output.write_text(text, encoding="utf-8")  # a device or a pipe is written to, never replaced
            return
        # Beside its place first: a reader never sees half of it, and nothing is left of one that fails.
        with tempfile.TemporaryDirectory(dir=output.parent) as beside:
            whole = Path(beside, "document")
            whole.write_text(text, encoding="utf-8")
            whole.replace(output)
    except OSError as error:
        raise SourceError(f"{paths.safe(str(output))} cannot be written ({error.strerror}).") from None


def _discard() -> None:
    """What is still held back goes nowhere, so that the interpreter's last flush is quiet."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

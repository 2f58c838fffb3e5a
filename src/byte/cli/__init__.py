"""The command `byte`: arguments in, reports and exit codes out. Nothing is decided here.

Exit codes: 0 the change passes, 1 the verdict fails it (`--fail-on`), 2 Byte could not do its work.
"""

import gc
import sys
import traceback

from byte.cli.app import app
from byte.model.errors import ByteError

__all__ = ["main"]


def main() -> None:
    """Run the command line; every error is one sentence on stderr."""
    # One short process whose data lives to its end: collecting cycles would only cost time.
    gc.disable()
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        app(sys.argv[1:])(prog_name="byte")
    except ByteError as error:
        print(f"byte: {error}", file=sys.stderr)
        sys.exit(2)
    except (KeyboardInterrupt, MemoryError) as error:
        print(f"byte: stopped by {type(error).__name__}.", file=sys.stderr)
        sys.exit(2)
    except Exception as error:  # noqa: BLE001 - a traceback is no answer to a user
        frame = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{frame.filename.rpartition('/')[2]}:{frame.lineno}"
        print(
            f"byte: unexpected {type(error).__name__} at {place}: please report it with the command.", file=sys.stderr
        )
        sys.exit(2)
    finally:
        # Nor when the process ends: the interpreter collects once more then, whatever was asked of it.
        gc.freeze()

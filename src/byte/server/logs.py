"""The log: one line an event, JSON or for people; no secret ever."""

import logging
import re
import sys
from typing import Any, Final, TextIO

import msgspec
import structlog
from structlog.typing import EventDict, WrappedLogger

from byte.server.settings import Settings

_LEVELS: Final = {"debug": 10, "info": 20, "warning": 30, "error": 40}
_SECRETS: Final = re.compile(
    r"(byte_[0-9a-z]{1,40}_)[A-Za-z0-9_-]{20,}|(\w://[^\s:/@]*:)[^\s@/]+(?=@)|((?i:bearer\s+))\S+"
)
"""What a key, the password of an address and a header of authorization look like, wherever they turn up."""


def logger(settings: Settings, stream: TextIO | None = None) -> Any:
    """A logger of structlog that writes to a stream (standard error); nothing global is touched."""
    stream = stream or sys.stderr
    as_json = settings.log_format == "json" or (settings.log_format == "auto" and not stream.isatty())
    show = _json if as_json else structlog.dev.ConsoleRenderer(colors=stream.isatty(), pad_event_to=0)
    return structlog.wrap_logger(
        structlog.PrintLogger(stream),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper("iso", utc=True),
            structlog.processors.format_exc_info,
            show,
            _masked,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[settings.log_level]),
        cache_logger_on_first_use=True,
    ).bind()


def mask(text: str) -> str:
    """A text without the secrets in it."""
    return _SECRETS.sub(lambda found: f"{found[1] or found[2] or found[3]}***", text)


def _json(_logger: WrappedLogger, _name: str, event: EventDict) -> str:
    return msgspec.json.encode(event, enc_hook=str).decode()


def _masked(_logger: WrappedLogger, _name: str, line: Any) -> Any:
    return mask(line)


class Forward(logging.Handler):
    """Hands what libraries log in Python's own way to a logger of ours."""

    def __init__(self, log: Any) -> None:
        super().__init__()
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        level = max((known for known in (10, 20, 30, 40) if known <= record.levelno), default=10)
        self._log.log(level, record.getMessage(), source=record.name, exc_info=record.exc_info)

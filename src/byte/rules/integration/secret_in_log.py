"""Secret in a log line.

## What it does

Finds a call of a logger that is given a password, secret, key or token itself.

## Why is this bad?

Logs are kept for long, copied to other services and read by many people who may not have the secret. What was
logged has to be treated as stolen.

## Bad

```python
import logging

logger = logging.getLogger(__name__)


def login(user: str, password: str) -> bool:
    logger.info(f"login of {user} with {password}")  # finding
    return verify(user, password)
```

## Good

```python
import logging

logger = logging.getLogger(__name__)


def login(user: str, password: str) -> bool:
    logger.info("login of %s", user)
    return verify(user, password)
```

## Limits

Only the value itself counts: its length, a part of it, a hash, or a call that may mask it is fine. Parsed tokens
(`token.kind`) are not secrets, and because a name is all that tells, it is a note.

```python
import logging

logger = logging.getLogger(__name__)


def login(user: str, password: str) -> bool:
    logger.info("password of %s has %d characters: %s", user, len(password), mask(password))
    return verify(user, password)
```

## References

- CWE-532: Insertion of Sensitive Information into Log File
"""

from collections.abc import Iterator

from byte.model import syntax as s
from byte.model.credentials import secret_name
from byte.model.facts import Facts, Function
from byte.model.review import Area, Evidence, Location, Rule, Severity

_LEVELS = frozenset({"debug", "info", "warning", "warn", "error", "exception", "critical", "log", "trace", "success"})
_LOGGERS = ("log", "logger", "logging", "_log", "_logger", "audit_log", "audit_logger")


def check(function: Function, facts: Facts) -> Iterator[Evidence]:
    """One finding for each credential that a logger is given."""
    for call in facts.calls(function):
        func = call.node.func
        if not isinstance(func, s.Attribute) or func.attr not in _LEVELS or not _is_logger(func.value):
            continue
        for value in _values(call.node):
            name = value.attr if isinstance(value, s.Attribute) else value.id
            if secret_name(name):
                yield Evidence(
                    message=f"`{s.text(value, 50)}` is written to the log: everyone who reads logs has it",
                    at=Location(function.path, call.line, call.node.end),
                    symbol=function.qualname,
                    key=s.text(value),
                    fix=f"Leave `{s.text(value, 50)}` out of the message, or log an identifier of it.",
                )


def _is_logger(expr: s.Expr) -> bool:
    name = expr.attr if isinstance(expr, s.Attribute) else getattr(expr, "id", "")
    return name.lower() in _LOGGERS


def _values(node: s.Call) -> Iterator[s.Name | s.Attribute]:
    """The names that the message shows as they are."""
    for arg in (*node.args, *(k.value for k in node.keywords)):
        parts = arg.parts if isinstance(arg, s.FString) else (arg,)
        yield from (p for p in parts if isinstance(p, (s.Name, s.Attribute)))


RULE = Rule(
    id="BYT507",
    name="secret-in-log",
    area=Area.INTEGRATION,
    aspect=None,
    severity=Severity.NOTE,
    on=Function,
    check=check,
)

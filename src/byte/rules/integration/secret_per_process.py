"""Secret that each process makes for itself.

## What it does

Finds a signing or session secret that is generated when the module is loaded or the settings are made, for use where
none is configured.

## Why is this bad?

Two workers have two secrets: a session that one signs, the other refuses, so users are logged out at random. Every
restart invalidates all tokens. It works on a developer's machine, where there is one process.

## Bad

```python
import secrets

from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    secret_key: str = secrets.token_urlsafe(32)  # finding
```

## Good

```python
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    secret_key: str
```

## Limits

Secrets that are stored (a new user's API key, a reset token made in a request) are meant to be random: only settings
and module-level names count.

```python
import secrets


def new_api_key(user) -> str:
    api_key = secrets.token_urlsafe(32)
    save(user, api_key)
    return api_key
```

## References

- The Twelve-Factor App, VI: Processes
"""

from collections.abc import Iterator

from byte.model import syntax as s
from byte.model.credentials import secret_name, words
from byte.model.facts import Facts, Module
from byte.model.review import Area, Evidence, Location, Rule, Severity
from byte.model.served import offline

_RANDOM = frozenset(
    {
        "secrets.token_hex", "secrets.token_urlsafe", "secrets.token_bytes", "os.urandom", "uuid.uuid4",
        "cryptography.fernet.Fernet.generate_key",
    }
)  # fmt: skip
_BASES = frozenset({"pydantic_settings.BaseSettings"})


def check(module: Module, facts: Facts) -> Iterator[Evidence]:
    """Assignments of a random value to a credential's name, at module level and in settings classes."""
    if offline(module.path):
        return
    for owner, stmt in _assignments(module, facts):
        if stmt.value is None or not _random(stmt.value, module.path, facts):
            continue
        for target in stmt.targets:
            name = target.attr if isinstance(target, s.Attribute) else getattr(target, "id", "")
            if secret_name(name) or words(name)[-1:] == ["key"]:
                yield Evidence(
                    message=f"each process makes its own `{name}` where none is set: workers refuse each other's tokens",
                    at=Location(module.path, stmt.line, stmt.line),
                    symbol=owner or "<module>",
                    key=name,
                    fix=f"Require `{name}` from the environment, and let the start fail without it.",
                )


def _assignments(module: Module, facts: Facts) -> Iterator[tuple[str, s.Assign]]:
    for node in s.walk(*module.node.body):
        if isinstance(node, s.Assign):
            yield "", node
        elif isinstance(node, s.Class) and facts.is_subclass(f"{module.path}::{node.name}", _BASES):
            for inner in s.walk(*node.body, into_scopes=True):
                if isinstance(inner, s.Assign) and _of_settings(inner, node):
                    yield node.name, inner


def _of_settings(stmt: s.Assign, cls: s.Class) -> bool:
    """A field of the class, or `self.field` in one of its methods."""
    if any(stmt is item for item in cls.body):
        return True
    return any(isinstance(t, s.Attribute) and s.dotted(t.value) == "self" for t in stmt.targets)


def _random(expr: s.Expr, path: str, facts: Facts) -> bool:
    for node in s.walk(expr, into_scopes=True):
        if isinstance(node, s.Call) and facts.resolve(path, node.func) in _RANDOM:
            return True
        factory = node.value if isinstance(node, s.Keyword) and node.name == "default_factory" else None
        if factory is not None and facts.resolve(path, factory) in _RANDOM:
            return True
    return False


RULE = Rule(
    id="BYT505",
    name="secret-per-process",
    area=Area.INTEGRATION,
    aspect=None,
    severity=Severity.MAJOR,
    on=Module,
    check=check,
)

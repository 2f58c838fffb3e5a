"""Secret in the source.

## What it does

Finds a literal that is given to a name which stands for a credential: in an assignment, a keyword argument, the default
of a settings field, or the fallback of an environment variable.

## Why is this bad?

Whoever can read the repository has it, its history keeps it, and it cannot be changed without a release. A default in
the settings is worse than none: where the variable is forgotten, production runs with a password that everyone knows.

## Bad

```python
import os

from pydantic_settings import BaseSettings

JWT_SECRET = os.getenv("JWT_SECRET", "change-me")  # finding
PAYMENT_API_KEY = "xk7Qw29ZpLr84TnVbM31"  # finding


class Settings(BaseSettings):
    admin_password: str = "password"  # finding
```

## Good

```python
import os

from pydantic_settings import BaseSettings

JWT_SECRET = os.environ["JWT_SECRET"]


class Settings(BaseSettings):
    admin_password: str
    session_token_header: str = "X-Session-Token"
    smtp_password: str = ""
```

## Limits

Names of headers, fields, files, addresses and lifetimes are not secrets, and neither are empty strings or words that a
program could use as a key, nor what says itself that it stands for nothing ("dummy", "****"). Outside settings and fallbacks, only what looks random or is passed as a password counts.
The value is never shown. Tests and `if __name__ == "__main__"` blocks are not read; in scripts and examples the finding is a note.

```python
TOKEN_URL = "/auth/token"
ACCESS_TOKEN = "access_token"
PASSWORD_RESET = "password-reset"
```

## References

- CWE-798: Use of Hard-coded Credentials; OWASP Secrets Management Cheat Sheet
"""

import re
from collections.abc import Iterator

from byte.model import syntax as s
from byte.model.credentials import secret_name
from byte.model.facts import Facts, Module
from byte.model.review import Area, Evidence, Location, Rule, Severity
from byte.model.served import offline

_ISSUED = re.compile(
    r"^(sk_live_|rk_live_|sk-[A-Za-z0-9]|ghp_|gho_|github_pat_|glpat-|xox[bap]-|AKIA[0-9A-Z]{12}|AIza[0-9A-Za-z_-]{30}|"
    r"-----BEGIN [A-Z ]*PRIVATE KEY)"
)
_RANDOM = re.compile(r"^(?=.*[0-9])(?=.*[A-Za-z])[A-Za-z0-9+/_=.!@#$%^&*-]{12,}$")
_PLACEHOLDER = re.compile(
    r"dummy|fake|unused|not[-_ ]?(?:set|needed|used|required)|^(?:none|null|todo|test)$|^(.)\1*$", re.IGNORECASE
)
_REFERENCE = re.compile(r"[/{}<>\s]|^[a-z]+://|^\$|^\.|^env:|^arn:|::")
_FALLBACKS = frozenset({"os.getenv", "os.environ.get", "starlette.config.Config", "decouple.config", "environs.Env"})
_BASES = frozenset({"pydantic_settings.BaseSettings"})


def check(module: Module, facts: Facts) -> Iterator[Evidence]:
    """One finding for each literal that a credential's name is given."""
    body = tuple(stmt for stmt in module.node.body if not _by_hand(stmt))
    for node, owner in _walk(body, ""):
        for name, value, line, known in _given(node, owner, module.path, facts):
            text = s.string(value)
            if text is None or not secret_name(name) or not _is_secret(name, text, known):
                continue
            yield _evidence(module, name, owner, line, known, text)


def _by_hand(stmt: s.Stmt) -> bool:
    """`if __name__ == "__main__"`: what people try out by hand."""
    return isinstance(stmt, s.If) and "__name__" in s.text(stmt.test)


def _evidence(module: Module, name: str, owner: str, line: int, known: str, text: str) -> Evidence:
    issued = bool(_ISSUED.match(text))
    what = {
        "setting": f"the default of `{name}` is in the source: where it is not set, everyone knows it",
        "fallback": f"`{name}` falls back to a literal: where it is not set, everyone knows it",
    }.get(known, f"`{name}` is in the source: whoever reads the repository has it")
    severity = None if issued else Severity.NOTE if offline(module.path) else Severity.MAJOR
    return Evidence(
        message=what,
        at=Location(module.path, line, line),
        symbol=owner or "<module>",
        key=name,
        fix=f"Read `{name}` from the environment, without a default, and let the start fail where it is missing."
        if known in ("setting", "fallback")
        else f"Move `{name}` to the environment or a secret store, and revoke the one that was committed.",
        cause=f"settings {module.path} {owner}" if known == "setting" else None,
        severity=severity,
    )


def _walk(body: tuple[s.Stmt, ...], owner: str) -> Iterator[tuple[s.Node, str]]:
    """Every node of a file with the qualified name of the definition it stands in."""
    for node in s.walk(*body):
        yield node, owner
        if isinstance(node, (s.Class, s.Function)):
            yield from _walk(node.body, f"{owner}.{node.name}".lstrip("."))


def _given(node: s.Node, owner: str, path: str, facts: Facts) -> Iterator[tuple[str, s.Expr | None, int, str]]:
    """(name, value, line, how) for what this node gives to a name."""
    match node:
        case s.Assign() if node.value is not None:
            for target in node.targets:
                name = target.attr if isinstance(target, s.Attribute) else getattr(target, "id", "")
                if not name:
                    continue
                inside = facts.is_subclass(f"{path}::{owner}", _BASES) if owner else False
                value = _default(node.value) if inside else node.value
                yield name, value, node.line, "setting" if inside else "assigned"
        case s.Call():
            yield from _arguments(node, path, facts)


def _arguments(node: s.Call, path: str, facts: Facts) -> Iterator[tuple[str, s.Expr | None, int, str]]:
    target = facts.resolve(path, node.func) or ""
    first = s.string(node.args[0]) if node.args else None
    if first is not None and (target in _FALLBACKS or target.endswith(("getenv", "environ.get"))):
        yield first, s.argument(node, 1, "default"), node.line, "fallback"
        return
    for item in node.keywords:
        if item.name is not None:
            yield item.name, item.value, item.value.line, "passed"


def _default(expr: s.Expr) -> s.Expr | None:
    """The default of a settings field: `"x"`, `Field("x")`, `SecretStr("x")`."""
    if isinstance(expr, s.Call):
        name = (s.dotted(expr.func) or "").rpartition(".")[2]
        if name in ("Field", "SecretStr", "SecretBytes"):
            inner = s.argument(expr, 0, "default")
            return _default(inner) if inner is not None else None
    return expr


def _is_secret(name: str, text: str, known: str) -> bool:
    if _ISSUED.match(text):
        return True
    if (
        not text.strip()
        or _REFERENCE.search(text)
        or _PLACEHOLDER.search(text)
        or text.startswith(("pk_", "phc_", "arn:"))
    ):
        return False
    if known in ("setting", "fallback"):
        return not _names_itself(name, text)
    if known == "passed" and name.lower() in ("password", "passwd", "secret_key", "client_secret"):
        return len(text) > 3 and not _names_itself(name, text)
    return bool(_RANDOM.match(text)) and not _identifier(text)


def _names_itself(name: str, text: str) -> bool:
    """`ACCESS_TOKEN = "access_token"` is a name of something. A password that is "password" is one."""
    plain = re.sub(r"[^a-z]", "", text.lower())
    return plain == re.sub(r"[^a-z]", "", name.lower()) and ("_" in text or "-" in text)


def _identifier(text: str) -> bool:
    """Words with few digits, as people write names: `oauth2_access_token`, `x-api-key-v2`."""
    parts = re.split(r"[-_.]", text)
    return len(parts) > 1 and all(re.fullmatch(r"[A-Za-z]*[0-9]{0,2}", p) for p in parts)


RULE = Rule(
    id="BYT501",
    name="hard-coded-secret",
    area=Area.INTEGRATION,
    aspect=None,
    severity=Severity.BLOCKER,
    on=Module,
    check=check,
)

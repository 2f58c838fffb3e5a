"""Names that stand for credentials, as far as a name tells."""

import re

_PARTS = (
    "secret", "secrets", "password", "passwd", "pwd", "passphrase", "apikey", "token",
)  # fmt: skip
_PAIRS = ("api_key", "access_key", "secret_key", "private_key", "signing_key", "encryption_key", "auth_key", "jwt_key")
_OTHER = frozenset(
    {
        "algorithm", "audience", "changed", "check", "column", "context", "cookie", "count", "endpoint", "enabled", "env",
        "error", "expire", "expires", "expiry", "exp", "field", "file", "filename", "folder", "format", "hash", "header",
        "hint", "id", "ids", "index", "info", "invalid", "issuer", "kind", "label", "len", "length", "lifetime", "limit",
        "max", "message", "method", "min", "minutes", "mode", "msg", "name", "names", "param", "params", "parameter",
        "path", "pattern", "placeholder", "policy", "prefix", "public", "publishable", "regex", "required", "reset",
        "route", "schema", "scheme", "scope", "seconds", "site", "suffix", "template", "time", "timeout", "title", "ttl",
        "type", "uri", "url", "usage", "validity", "validation", "var", "variable", "version", "description", "budget",
        "days", "hours", "size", "text", "example", "strength", "subject", "manager", "provider", "service", "response",
    }
)  # fmt: skip


def words(name: str) -> list[str]:
    """The lower-case words of `snake_case`, `camelCase` and `UPPER_CASE` names."""
    return [w for w in re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower().split("_") if w]


def secret_name(name: str) -> bool:
    """Whether a value of this name is a credential itself, not something about one (its length, header or path)."""
    parts = words(name)
    if not parts or parts[-1] in _OTHER or "public" in parts or "publishable" in parts:
        return False
    joined = "_".join(parts)
    if any(joined == pair or joined.endswith(f"_{pair}") for pair in _PAIRS):
        return True
    return parts[-1] in _PARTS

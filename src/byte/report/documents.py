"""OpenAPI documents as text: JSON, and YAML that every reader takes for the same values.

A YAML string stands without quotes only where it begins with a letter, has nothing but letters, digits and a few
harmless signs, and is no word that some version of YAML reads as a boolean or null; everything else is quoted as in
JSON, so that neither `no`, `1e3`, `0o7`, `12:30` nor `2020-01-01` changes its type.
"""

import json
import math
import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec

_PLAIN: Final = re.compile(r"[A-Za-z](?:[A-Za-z0-9_ ,.()/+-]*[A-Za-z0-9_.()/+-])?")
_PLAIN_KEY: Final = re.compile(r"[A-Za-z/$](?:[A-Za-z0-9_/{}.$ -]*[A-Za-z0-9_/{}.$-])?")
_RESERVED: Final = frozenset("y n yes no on off true false null nan inf".split())
_UNPRINTABLE: Final = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")
_BLOCK: Final = re.compile(r"[^\s\x00-\x1f][^\x00-\x09\x0b-\x1f]*")


def to_json(document: Any) -> str:
    """The document as indented JSON, in its own order."""
    try:
        text = msgspec.json.format(msgspec.json.encode(document), indent=2).decode()
    except (TypeError, ValueError, OverflowError):
        # Half of a character, a number of any size: the slower writer takes them.
        text = json.dumps(document, indent=2)
    return text + "\n"


def to_yaml(document: Any) -> str:
    """The document as YAML in block style, in its own order."""
    return "\n".join(_lines(document, "")) + "\n"


def _lines(value: Any, indent: str) -> Iterator[str]:
    """The lines of a value that stands on its own."""
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from _entry(f"{indent}{_key(key)}:", item, indent)
    elif isinstance(value, list) and value:
        for item in value:
            inner = list(_lines(item, f"{indent}  "))
            yield f"{indent}- {inner[0][len(indent) + 2 :]}"
            yield from inner[1:]
    else:
        yield f"{indent}{_scalar(value)}"


def _entry(head: str, item: Any, indent: str) -> Iterator[str]:
    if isinstance(item, dict | list) and item:
        yield head
        yield from _lines(item, f"{indent}  ")
    elif isinstance(item, str) and "\n" in item and _is_block(item):
        yield f"{head} |" if item.endswith("\n") else f"{head} |-"
        for line in item.removesuffix("\n").split("\n"):
            yield f"{indent}  {line}" if line else ""
    else:
        yield f"{head} {_scalar(item)}"


def _is_block(text: str) -> bool:
    """Whether a text of several lines can stand as it is."""
    lines = text.removesuffix("\n").split("\n")
    whole = _BLOCK.fullmatch(text) is not None and _UNPRINTABLE.search(text) is None and not text.endswith("\n\n")
    return whole and bool(lines[-1]) and not any(line != line.rstrip() for line in lines)


def _key(key: Any) -> str:
    text = str(key)
    return text if _PLAIN_KEY.fullmatch(text) and text.lower() not in _RESERVED else _quoted(text)


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        return value if _PLAIN.fullmatch(value) and value.lower() not in _RESERVED else _quoted(value)
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            return ".nan" if math.isnan(value) else ".inf" if value > 0 else "-.inf"
        mantissa, exponent, power = repr(value).partition("e")
        # Without a point and a sign an older reader takes it for a string.
        mantissa = mantissa if "." in mantissa else f"{mantissa}.0"
        return f"{mantissa}e{power if power[0] in '+-' else '+' + power}" if exponent else mantissa
    return json.dumps(value)


def _quoted(text: str) -> str:
    quoted = json.dumps(text, ensure_ascii=False)
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", quoted)

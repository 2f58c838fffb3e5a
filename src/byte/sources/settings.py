"""`[tool.byte]` of pyproject.toml: what a project tells Byte, checked."""

import datetime
import difflib
import re
import tomllib
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Literal, TypeVar, cast, get_args

import msgspec

from byte.model.change import Snapshot, Unreadable
from byte.model.errors import SettingsError
from byte.model.review import Finding
from byte.sources import paths

Level = Literal["blocker", "major", "note", "off"]
FailOn = Literal["blocker", "major", "note", "none"]

MANIFEST = "pyproject.toml"
MANIFEST_LIMIT = 256_000
"""Bytes; settings are not read from a larger file (a TOML reader can be made to take quadratic time)."""

_HEADER = re.compile(r"^[ \t]*\[{1,2}[ \t]*([^\]#]+?)[ \t]*\]", re.MULTILINE)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
Value = TypeVar("Value")


class Accept(msgspec.Struct, frozen=True, kw_only=True):
    """An intended finding: every one of a rule that stands in this place, until a day (the last on which it holds)."""

    rule: str
    reason: str
    symbol: str | None = None
    path: str | None = None
    fingerprint: str | None = None
    until: str | None = None

    def covers(self, finding: Finding) -> bool:
        """Whether a finding is the accepted one, whatever the day."""
        return (
            self.rule in (finding.id, finding.rule)
            and self.symbol in (None, finding.symbol)
            and self.fingerprint in (None, finding.fingerprint)
            and (self.path is None or paths.matches(self.path, finding.path))
        )

    def expired(self, day: str | None) -> bool:
        """Whether the acceptance has ended on this day (YYYY-MM-DD; None if there is no day to compare with)."""
        return self.until is not None and day is not None and self.until < day


class Uses(msgspec.Struct, frozen=True, kw_only=True):
    """An operation of another service that the project uses, with the fields that it reads and sends."""

    operation: str
    reads: tuple[str, ...] = ()
    sends: tuple[str, ...] = ()


class Consumes(msgspec.Struct, frozen=True, kw_only=True):
    """A registered service that the project uses: what its address is called (URLs, settings, environment variables), and
    uses that are declared beside those that the source shows.
    """

    service: str
    base: tuple[str, ...] = ()
    uses: tuple[Uses, ...] = ()


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What `[tool.byte]` says; every path and glob is relative to the root of the tree.

    `source` is the file that was read, None if no file has the table. `rule_lines` tells where a rule is named.
    `service` is what the registry calls the project.
    """

    paths: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    tests: bool = False
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Level] = {}
    fail_on: FailOn = "blocker"
    accepted: tuple[Accept, ...] = ()
    baseline: str | None = None
    service: str | None = None
    consumes: tuple[Consumes, ...] = ()
    source: str | None = None
    rule_lines: Mapping[str, int] = {}


def find(snapshot: Snapshot, scope: tuple[str, ...]) -> tuple[Settings, tuple[Unreadable, ...]]:
    """The settings nearest to the scope, from its common folder up to the root; the defaults if there are none."""
    unreadable: list[Unreadable] = []
    for folder in _upwards(_common(scope)):
        path = f"{folder}/{MANIFEST}" if folder else MANIFEST
        file = snapshot.files.get(path)
        if file is None or file.kind != "file":
            continue
        content = snapshot.read([file])[0] if file.size <= MANIFEST_LIMIT else None
        if content is None:
            unreadable.append(Unreadable(path=path, line=1, reason=_unread(file.size)))
            continue
        found = parse(content, path)
        if isinstance(found, Settings):
            return found, tuple(unreadable)
        if found is not None:
            unreadable.append(found)
    return Settings(), tuple(unreadable)


def project_name(snapshot: Snapshot, scope: str) -> str | None:
    """The `name` in `[project]` of the nearest pyproject.toml that has one, from a folder up to the root."""
    for folder in _upwards(_common((scope,))):
        file = snapshot.files.get(f"{folder}/{MANIFEST}" if folder else MANIFEST)
        if file is None or file.kind != "file" or file.size > MANIFEST_LIMIT:
            continue
        try:
            document = tomllib.loads((snapshot.read([file])[0] or b"").decode())
        except (ValueError, RecursionError):
            continue
        project = document.get("project")
        name = project.get("name") if isinstance(project, dict) else None
        if isinstance(name, str):
            return name
    return None


def parse(content: bytes, path: str) -> Settings | Unreadable | None:
    """The settings in one pyproject.toml, None if it has no `[tool.byte]`, a fact if it is no TOML and needs none."""
    text = content.decode("utf-8", "replace").replace("\r\n", "\n")
    try:
        content.decode("utf-8")
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        said = "nested too deep" if isinstance(error, RecursionError) else paths.safe(str(error)).rstrip(".")
        if any(_is_ours(match[1]) for match in _HEADER.finditer(text)):
            raise SettingsError(f"{path} is not valid TOML ({said}): mend it, since it holds [tool.byte].") from None
        return Unreadable(path=path, line=_error_line(str(error)), reason=f"not valid TOML ({said})")
    tool = document.get("tool")
    if not isinstance(tool, dict) or "byte" not in tool:
        return None
    return _Reader(path, text).settings(tool["byte"])


def check_rules(settings: Settings, known: Collection[str]) -> None:
    """Refuse a rule that does not exist; `known` holds names, ids and aliases."""
    named = (*settings.select, *settings.ignore, *settings.severity, *(entry.rule for entry in settings.accepted))
    for name in named:
        if name not in known:
            place = f"{settings.source}:{settings.rule_lines.get(name, 1)}"
            raise SettingsError(f"{place}: there is no rule `{paths.safe(name)}`; {_near(name, known, '`byte rules`')}")


class _Reader:
    """Turns the table into `Settings`; every complaint names the file and the line."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self.folder = path.rpartition("/")[0]

    def settings(self, table: object) -> Settings:
        values = self._table(table, "tool.byte", Settings, without=("source", "rule_lines"))
        readers: dict[str, Callable[[str, object], object]] = {
            "paths": self._paths,
            "exclude": self._globs,
            "tests": lambda key, value: self._typed(key, value, bool, "true or false"),
            "select": self._names,
            "ignore": self._names,
            "severity": self._severity,
            "fail_on": lambda key, value: self._choice(key, value, get_args(FailOn)),
            "accepted": self._accepted,
            "baseline": self._file,
            "service": self._text,
            "consumes": self._consumes,
        }
        read = {key: readers[key](key.replace("_", "-"), value) for key, value in values.items()}
        result = msgspec.structs.replace(Settings(source=self.path), **read)
        rules = (*result.select, *result.ignore, *result.severity, *(entry.rule for entry in result.accepted))
        return msgspec.structs.replace(
            result, rule_lines={rule: self._line_of_rule(rule) for rule in sorted(set(rules))}
        )

    def _table(self, table: object, where: str, struct: Any, without: Collection[str] = ()) -> dict[str, object]:
        if not isinstance(table, dict):
            raise self._error(where.rpartition(".")[2], f"[{where}] is a table: write its keys below that header.")
        known = [name for name in struct.__struct_fields__ if name not in without]
        for key in table:
            if key.replace("-", "_") not in known:
                spelled = [name.replace("_", "-") for name in known]
                hint = _near(key, spelled, "the documentation")
                raise self._error(key, f"[{where}] has no key `{paths.safe(key)}`; {hint}")
        return {key.replace("-", "_"): value for key, value in table.items()}

    def _severity(self, key: str, value: object) -> dict[str, Level]:
        table = self._typed(key, value, dict, 'a table such as { unbounded-list = "note" }')
        return {rule: cast(Level, self._choice(rule, level, get_args(Level))) for rule, level in table.items()}

    def _accepted(self, key: str, value: object) -> tuple[Accept, ...]:
        entries = self._typed(key, value, list, "a list of tables: write [[tool.byte.accepted]]")
        return tuple(self._accept(entry) for entry in entries)

    def _accept(self, entry: object) -> Accept:
        values = self._table(entry, "tool.byte.accepted", Accept)
        until = values.pop("until", None)
        texts = {key: self._text(key, value) for key, value in values.items()}
        for needed in ("rule", "reason"):
            if not texts.get(needed, "").strip():
                raise self._error("accepted", f"an entry of [[tool.byte.accepted]] has no `{needed}`: say it.")
        if not texts.keys() & {"symbol", "path", "fingerprint"}:
            rule = paths.safe(texts["rule"])
            raise self._error(
                "accepted", f"the accepted `{rule}` needs a symbol, path or fingerprint; `ignore` switches a rule off."
            )
        if "path" in texts:
            texts["path"] = self._glob("path", texts["path"])
        return Accept(**texts, until=None if until is None else self._day("until", until))

    def _consumes(self, key: str, value: object) -> tuple[Consumes, ...]:
        tables = self._typed(key, value, dict, "a table: write [tool.byte.consumes.SERVICE]")
        return tuple(self._consumed(service, table) for service, table in tables.items())

    def _consumed(self, service: str, table: object) -> Consumes:
        where = f"tool.byte.consumes.{service}"
        values = self._table(table, where, Consumes, without=("service",))
        base = self._names("base", values.get("base", []))
        uses = self._typed(
            "uses", values.get("uses", []), list, f"a list of tables: write [[{paths.safe(where)}.uses]]"
        )
        return Consumes(service=service, base=base, uses=tuple(self._used(where, use) for use in uses))

    def _used(self, where: str, entry: object) -> Uses:
        values = self._table(entry, f"{where}.uses", Uses)
        if "operation" not in values:
            raise self._error("uses", f"an entry of [[{paths.safe(where)}.uses]] has no `operation`: say it.")
        fields = {key: self._names(key, values[key]) for key in ("reads", "sends") if key in values}
        return Uses(operation=self._text("operation", values["operation"]), **fields)

    def _day(self, key: str, value: object) -> str:
        if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
            return value.isoformat()
        try:
            if isinstance(value, str) and _DATE.fullmatch(value):
                return datetime.date.fromisoformat(value).isoformat()
        except ValueError:
            pass
        raise self._error(key, f"`{key}` is a day such as 2030-01-31, not {_seen(value)}.")

    def _names(self, key: str, value: object) -> tuple[str, ...]:
        items = self._typed(key, value, list, "a list of strings")
        return tuple(self._text(key, item) for item in items)

    def _paths(self, key: str, value: object) -> tuple[str, ...]:
        return tuple(self._inside(key, item) for item in self._names(key, value))

    def _file(self, key: str, value: object) -> str:
        return self._inside(key, self._text(key, value))

    def _globs(self, key: str, value: object) -> tuple[str, ...]:
        return tuple(self._glob(key, item) for item in self._names(key, value))

    def _glob(self, key: str, pattern: str) -> str:
        body = pattern.removeprefix("./").strip("/")
        if not body or ".." in body.split("/"):
            raise self._error(
                key, f"`{key}` holds {_seen(pattern)}, which matches nothing: write a glob such as `gen/**`."
            )
        return paths.anchored(pattern, self.folder)

    def _inside(self, key: str, text: str) -> str:
        path = inside(text, self.folder)
        if path is None:
            raise self._error(
                key, f"`{key}` names {_seen(text)}, outside the tree: write a path relative to {self.path}."
            )
        return path

    def _text(self, key: str, value: object) -> str:
        return self._typed(key, value, str, "a string")

    def _choice(self, key: str, value: object, choices: tuple[str, ...]) -> str:
        text = value if isinstance(value, str) else ""
        if text not in choices:
            listed = ", ".join(f"`{choice}`" for choice in choices)
            raise self._error(key, f"`{paths.safe(key)}` is one of {listed}, not {_seen(value)}.")
        return text

    def _typed(self, key: str, value: object, kind: type[Value], what: str) -> Value:
        if not isinstance(value, kind):
            raise self._error(key, f"`{paths.safe(key)}` is {what}, not {_seen(value)}.")
        return value

    def _error(self, key: str, sentence: str) -> SettingsError:
        return SettingsError(f"{self.path}:{self._line_of_key(key)}: {sentence}")

    def _line_of_key(self, key: str) -> int:
        # Not exact for a key of several entries: a line near the mistake is enough for a message.
        name = re.escape(key).replace(r"\-", "[-_]")
        pattern = re.compile(rf"[\"']?{name}[\"']?[ \t]*(=|\])|[.{{,][ \t]*[\"']?{name}[\"']?[ \t]*=")
        return self._line(lambda line: pattern.match(line.strip()) or pattern.search(line))

    def _line_of_rule(self, rule: str) -> int:
        pattern = re.compile(rf"(?<![\w-]){re.escape(rule)}(?![\w-])")
        return self._line(pattern.search)

    def _line(self, is_there: Callable[[str], object]) -> int:
        """The first line of our tables where something is, else their first line."""
        ours = False
        first = 1
        for number, line in enumerate(self.text.split("\n"), 1):
            if header := _HEADER.match(line):
                ours = _is_ours(header[1])
                first = number if ours and first == 1 else first
            if ours and is_there(line):
                return number
        return first


def inside(text: str, folder: str = "") -> str | None:
    """A path relative to the root of the tree, None if it leads out of it; the empty path is the root."""
    if text.startswith("/"):
        return None
    parts: list[str] = [part for part in folder.split("/") if part]
    for part in text.split("/"):
        if part == ".." and not parts:
            return None
        if part == "..":
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def _is_ours(header: str) -> bool:
    names = [part.strip().strip("\"'") for part in header.split(".")]
    return names[:2] == ["tool", "byte"]


def _near(name: str, known: Iterable[str], where: str) -> str:
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1)
    return f"did you mean `{near[0]}`?" if near else f"{where} lists what there is."


def _seen(value: object) -> str:
    shown = f'"{paths.safe(value)}"' if isinstance(value, str) else paths.safe(str(value))
    return shown if len(shown) <= 80 else f"{shown[:77]}..."


def _common(scope: tuple[str, ...]) -> list[str]:
    folders = [path.split("/") if path else [] for path in scope]
    if not folders:
        return []
    shared = 0
    while all(len(folder) > shared and folder[shared] == folders[0][shared] for folder in folders):
        shared += 1
    return folders[0][:shared]


def _upwards(folder: list[str]) -> list[str]:
    return ["/".join(folder[:length]) for length in range(len(folder), -1, -1)]


def _unread(size: int) -> str:
    if size > MANIFEST_LIMIT:
        return f"{size / 1e3:.0f} kB, more than the {MANIFEST_LIMIT / 1e3:.0f} kB that Byte reads settings from"
    return "cannot be read"


def _error_line(message: str) -> int:
    found = re.search(r"at line (\d+)", message)
    return int(found[1]) if found else 1

"""The FastAPI and Pydantic versions that an application runs with, told from what its project declares.

The files nearest to the application decide, from its folder upwards. A lock file gives the exact version; any other
declaration the newest known version within its bounds, as a fresh installation would take it. The two versions are
chosen together: a FastAPI release says which Pydantic it works with. What nothing says is the newest known.
"""

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Final, NamedTuple

from packaging.markers import InvalidMarker, Marker, UndefinedEnvironmentName
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from byte.extract import requirements
from byte.model.change import File, Snapshot
from byte.model.contract import Target
from byte.model.errors import SettingsError
from byte.model.facts import Requirement

# "minor:newest patch" of each minor release; the few patches that were never released do no harm: nobody asks for them.
_FASTAPI: Final = (
    "0.32:0 0.33:0 0.34:0 0.35:0 0.36:0 0.37:0 0.38:1 0.39:0 0.40:0 0.41:0 0.42:0 0.43:0 0.44:1 0.45:0 0.46:0 0.47:1 "
    "0.48:0 0.49:2 0.50:0 0.51:0 0.52:0 0.53:2 0.54:2 0.55:1 0.56:1 0.57:0 0.58:1 0.59:0 0.60:2 0.61:2 0.62:0 0.63:0 "
    "0.64:0 0.65:3 0.66:1 0.67:0 0.68:2 0.69:0 0.70:1 0.71:0 0.72:0 0.73:0 0.74:1 0.75:2 0.76:0 0.77:1 0.78:0 0.79:1 "
    "0.80:0 0.81:0 0.82:0 0.83:0 0.84:0 0.85:2 0.86:0 0.87:0 0.88:0 0.89:1 0.90:1 0.91:0 0.92:0 0.93:0 0.94:1 0.95:2 "
    "0.96:1 0.97:0 0.98:0 0.99:1 0.100:1 0.101:1 0.102:0 0.103:2 0.104:1 0.105:0 0.106:0 0.107:0 0.108:0 0.109:2 "
    "0.110:3 0.111:1 0.112:4 0.113:0 0.114:2 0.115:14 0.116:2 0.117:1 0.118:3 0.119:1 0.120:4 0.121:3 0.122:1 0.123:10 "
    "0.124:4 0.125:0 0.126:0 0.127:1 0.128:8 0.129:2 0.130:0 0.131:0 0.132:1 0.133:1 0.134:0 0.135:4 0.136:3 0.137:2 "
    "0.138:2 0.139:2 0.140:13 0.141:1 0.142:4 0.143:5 0.144:0 0.145:0 0.146:0 0.147:0 0.148:0 0.149:0 0.150:0 0.151:0 "
    "0.152:0 0.153:0 0.154:0 0.155:0 0.156:8 0.157:0 0.158:2 0.159:1 0.160:0 0.161:1 0.162:7 0.163:2 0.164:0 0.165:0"
)
_PYDANTIC: Final = (
    "0.32:2 1.0:0 1.1:1 1.2:0 1.3:0 1.4:0 1.5:1 1.6:2 1.7:4 1.8:2 1.9:2 1.10:27 2.0:3 2.1:1 2.2:1 2.3:0 2.4:2 2.5:3 "
    "2.6:4 2.7:4 2.8:2 2.9:2 2.10:6 2.11:10 2.12:5 2.13:5 2.14:3"
)
_NEWEST: Final = Version("9999")

# What each FastAPI release asks of Pydantic, from its own metadata; the first line that fits holds.
_ASKS: Final = (
    ((0, 135, 2), SpecifierSet(">=2.9.0")),
    ((0, 126, 0), SpecifierSet(">=2.7.0")),
    ((0, 101, 0), SpecifierSet(">=1.7.4,!=1.8,!=1.8.1,!=2.0.0,!=2.0.1,!=2.1.0,<3.0.0")),
    ((0, 100, 0), SpecifierSet(">=1.7.4,!=1.8,!=1.8.1,!=2.0.0,!=2.0.1,<3.0.0")),
    ((0, 65, 1), SpecifierSet(">=1.6.2,!=1.7,!=1.7.1,!=1.7.2,!=1.7.3,!=1.8,!=1.8.1,<2.0.0")),
    ((0, 61, 0), SpecifierSet(">=1.0.0,<2.0.0")),
    ((0, 0, 0), SpecifierSet(">=0.32.2,<2.0.0")),
)
# Other libraries whose release decides between Pydantic 1 and 2: name, where its own versions lie, what it asks.
_IMPLIED: Final = (
    ("pydantic-settings", SpecifierSet(">=2"), SpecifierSet(">=2.0.1")),
    ("pydantic-core", SpecifierSet(">=2"), SpecifierSet(">=2.0")),
    ("sqlmodel", SpecifierSet("<0.0.14"), SpecifierSet("<2")),
)
# At the start of a line, so outside of `try`: names for which Pydantic 2 raises an error.
_REMOVED: Final = re.compile(
    rb"^from pydantic import (?P<names>[^(\n]+|\([^)]*\))|^class \w+\((?:.*[ ,])?pydantic\.(?P<attribute>\w+)",
    re.MULTILINE,
)
_REMOVED_NAMES: Final = frozenset(
    b"BaseSettings PyObject Required ConstrainedStr ConstrainedInt ConstrainedFloat ConstrainedList ConstrainedBytes "
    b"ConstrainedDecimal ConstrainedSet ConstrainedDate ConstrainedFrozenSet JsonWrapper NoneStr NoneBytes StrBytes "
    b"NoneStrBytes Protocol create_model_from_namedtuple create_model_from_typeddict".split()
)
_LIBRARIES: Final = ("fastapi-cache2", "fastapi-pagination", "fastapi-restful", "fastapi-users", "fastapi-utils", "rq")
"""Libraries whose models differ from version to version."""

_WATCHED: Final = ("fastapi", "fastapi-slim", "pydantic", *(name for name, _, _ in _IMPLIED), *_LIBRARIES)
_NAMES: Final = "|".join(sorted(_WATCHED, key=len, reverse=True))

_LOCKS: Final = frozenset({"uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pylock.toml"})
_LISTING: Final = re.compile(
    r"(?:.*[-_.])?(?:requires?|requirements?|constraints?|deps|dependencies)(?:[-_.].*)?\.(?:txt|in|lock|pip)"
)
_LISTING_FOLDERS: Final = frozenset({"requirements", "reqs", "requires", "deps", "dependencies"})
_CONDA: Final = re.compile(r"(?:environment|conda|env)[\w.-]*\.ya?ml")
_PROJECT: Final[dict[str, Callable[[requirements.Manifest, bytes], None]]] = {
    "pyproject.toml": requirements.read_pyproject,
    "Pipfile": requirements.read_pipfile,
    "setup.cfg": requirements.read_setup_cfg,
    "setup.py": requirements.read_setup_py,
}
_ASIDE: Final = re.compile(
    r"(?:^|[-_./])(?:dev|develop|development|tests?|testing|docs?|lint|ci|local|examples?)(?:[-_./]|$)"
)
_ENVIRONMENT: Final = {"python_version": "3.13", "python_full_version": "3.13.5", "sys_platform": "linux",
    "platform_system": "Linux", "os_name": "posix", "platform_machine": "x86_64", "implementation_name": "cpython",
    "platform_python_implementation": "CPython", "extra": ""}  # fmt: skip
_LARGEST: Final = 1 << 18


class Declared(NamedTuple):
    """What one place says about a library: the versions that it admits; `locked` if it is the one installed."""

    name: str
    admits: SpecifierSet
    at: str
    locked: bool
    aside: bool


def parsed(text: str) -> tuple[int, ...]:
    """The numbers of a version."""
    return tuple(Version(text).release)


def find(snapshot: Snapshot, root: str, path: str = "") -> Target:
    """The versions for an application in this file, or for the folder `root` if there is none."""
    return _Search(snapshot).target(path or posixpath.join(root, "main.py"))


def given(text: str, found: Target) -> Target:
    """The target that `--target fastapi=0.110,pydantic=1.10` names; what it leaves out follows from what is found."""
    named: dict[str, Version] = {}
    for part in text.split(","):
        name, equals, version = (piece.strip() for piece in part.partition("="))
        if not equals or name not in ("fastapi", "pydantic"):
            raise SettingsError(f"`{part.strip()}` is no target: write `--target fastapi=0.115.4,pydantic=2.9`.")
        try:
            named[name] = _completed(name, Version(version.lstrip("=v ")))
        except InvalidVersion:
            raise SettingsError(f"`{version}` is no version of {name}: write numbers, as in `{name}=2.9.2`.") from None
    fastapi, pydantic = named.get("fastapi"), named.get("pydantic")
    if pydantic is None:
        pydantic = Version(".".join(map(str, found.pydantic)))
        if fastapi is not None and pydantic not in _asks(fastapi):
            pydantic = next(v for v in _known("pydantic") if v in _asks(fastapi))
    if fastapi is None:
        fastapi = Version(".".join(map(str, found.fastapi)))
        if pydantic not in _asks(fastapi):
            fastapi = next((v for v in _known("fastapi") if pydantic in _asks(v)), fastapi)
    return Target(
        fastapi.release,
        pydantic.release,
        "given" if "fastapi" in named else found.fastapi_from,
        "given" if "pydantic" in named else found.pydantic_from,
        found.libraries,
    )


def _completed(name: str, version: Version) -> Version:
    """`0.110` is the newest known 0.110.x, `2` the newest known 2.x."""
    size = len(version.release)
    if size >= 3:
        return version
    return next((v for v in _known(name) if v.release[:size] == version.release), version)


# --- choosing ----------------------------------------------------------------------------------


@cache
def _known(name: str) -> tuple[Version, ...]:
    """The known versions, newest first."""
    out = []
    for entry in (_FASTAPI if name == "fastapi" else _PYDANTIC).split():
        minor, _, newest = entry.partition(":")
        out += [Version(f"{minor}.{patch}") for patch in range(int(newest) + 1)]
    return tuple(reversed(out))


@cache
def _asks(fastapi: Version) -> SpecifierSet:
    return next(asked for since, asked in _ASKS if fastapi.release >= since)


def _chosen(fastapi: SpecifierSet, pydantic: SpecifierSet) -> tuple[Version, Version]:
    """The newest FastAPI within its bounds for which there is a Pydantic within its own; that Pydantic's newest."""
    candidates = [v for v in _known("fastapi") if v in fastapi] or [_exact(fastapi) or _known("fastapi")[0]]
    fitting = [v for v in _known("pydantic") if v in pydantic] or [_exact(pydantic) or _known("pydantic")[0]]
    for version in candidates:
        asked = _asks(version)
        best = next((v for v in fitting if v in asked), None)
        if best is not None:
            return version, best
    return candidates[0], fitting[0]


def _exact(admits: SpecifierSet) -> Version | None:
    """The version that is pinned, known or not."""
    for item in admits:
        if item.operator in ("==", "==="):
            try:
                return Version(item.version.rstrip(".*"))
            except InvalidVersion:
                return None
    return None


# --- looking -----------------------------------------------------------------------------------


class _Search:
    """Reads the declarations of a snapshot, each file once."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._folders: dict[str, list[str]] = {}
        for path, file in snapshot.files.items():
            if file.kind == "file" and _declares(path):
                self._folders.setdefault(_folder(path), []).append(path)
        self._read: dict[str, list[Declared]] = {}

    def target(self, path: str) -> Target:
        """The versions for one file of the snapshot."""
        chain = [folder for folder in requirements.parents(path) if folder in self._folders]
        said = [self._of(folder) for folder in chain]
        fastapi = _nearest(said, "fastapi") or _nearest(said, "fastapi-slim")
        pydantic = _nearest(said, "pydantic")
        if fastapi is None and pydantic is None:
            # Nothing above the application: a project that keeps its requirements elsewhere.
            others = (self._of(f) for f in sorted(self._folders, key=lambda f: (f.count("/"), f)) if f not in chain)
            said = [rows for rows in others if any(row.name == "fastapi" and not row.aside for row in rows)][:1]
            fastapi, pydantic = _nearest(said, "fastapi"), _nearest(said, "pydantic")
        bounds = pydantic.admits if pydantic else SpecifierSet()
        if pydantic is None or not pydantic.locked:
            for name, own, asked in _IMPLIED:
                other = _nearest(said, name)
                if other is not None and _within(name, other.admits, own):
                    bounds &= asked
                    pydantic = pydantic or Declared("pydantic", asked, other.at, False, False)
        if (pydantic is None or not pydantic.locked) and self._both(fastapi, bounds):
            # Nothing decides between 1 and 2: a name without which the code cannot be imported does.
            at = self._removed(path)
            if at is not None:
                bounds &= SpecifierSet("<2")
                pydantic = Declared("pydantic", bounds, at, False, False)
        one, two = _chosen(fastapi.admits if fastapi else SpecifierSet(), bounds)
        exact = _exact(fastapi.admits) if fastapi and fastapi.locked else None
        other_exact = _exact(pydantic.admits) if pydantic and pydantic.locked else None
        return Target(
            (exact or one).release,
            (other_exact or two).release,
            fastapi.at if fastapi else "default",
            pydantic.at if pydantic else (fastapi.at if fastapi else "default"),
            tuple(_pinned(said)),
        )

    def _both(self, fastapi: Declared | None, bounds: SpecifierSet) -> bool:
        """Whether Pydantic 1 and 2 are both admitted."""
        known = [v for v in _known("fastapi") if fastapi is None or v in fastapi.admits]
        return all(any(_sample(major) in _asks(v) for v in known) and _sample(major) in bounds for major in (1, 2))

    def _removed(self, path: str) -> str | None:
        """Where code beside the application imports, unguarded, what Pydantic 2 raises an error for."""
        top = path.partition("/")[0] if "/" in path else ""
        files = self._snapshot.files
        chain = [f for f in requirements.parents(path) if f in self._folders]
        folder = chain[0] if chain else top
        prefix = f"{folder}/" if folder else ""
        near = [
            file
            for name, file in files.items()
            if name.startswith(prefix) and name.endswith(".py") and file.kind == "file"
            and not requirements.in_skipped_folder(name)
        ]  # fmt: skip
        for file, data in zip(near, self._snapshot.read(near), strict=True):
            if data is None or b"pydantic" not in data:
                continue
            for match in _REMOVED.finditer(data):
                names = re.findall(rb"\w+", match["names"] or match["attribute"])
                if not _REMOVED_NAMES.isdisjoint(names):
                    return f"{file.path}:{_line_of(data, match.start())}"
        return None

    def _of(self, folder: str) -> list[Declared]:
        if folder not in self._read:
            files = [self._snapshot.files[p] for p in sorted(self._folders[folder])]
            contents = self._snapshot.read(files)
            rows = [row for f, data in zip(files, contents, strict=True) if data for row in self._rows(f, data)]
            self._read[folder] = rows
        return self._read[folder]

    def _rows(self, file: File, data: bytes) -> Iterator[Declared]:
        name = posixpath.basename(file.path)
        if b"fastapi" not in data.lower() and b"pydantic" not in data.lower() and b"sqlmodel" not in data:
            return
        if name in _LOCKS:
            yield from _locked(file.path, data)
        elif len(data) > _LARGEST:
            return
        elif name in _PROJECT:
            manifest = requirements.Manifest(file.path)
            _PROJECT[name](manifest, data)
            yield from _required(manifest.requirements)
        else:
            yield from _listed(file.path, data)


@cache
def _sample(major: int) -> Version:
    """The newest release of a major version of Pydantic."""
    return next(v for v in _known("pydantic") if v.release[0] == major)


def _declares(path: str) -> bool:
    folder, name = posixpath.split(path)
    listed = posixpath.basename(folder) in _LISTING_FOLDERS and name.endswith((".txt", ".in"))
    named = listed or name in _LOCKS or name in _PROJECT or _LISTING.fullmatch(name) or _CONDA.fullmatch(name)
    return bool(named) and not requirements.in_skipped_folder(path)


def _folder(path: str) -> str:
    """The folder that a declaration speaks for: its own, or the parent of `requirements/`."""
    parent = posixpath.dirname(path)
    listing = path.endswith((".txt", ".in")) and posixpath.basename(parent) in _LISTING_FOLDERS
    return posixpath.dirname(parent) if listing else parent


def _nearest(said: Iterable[list[Declared]], name: str) -> Declared | None:
    """What the nearest folder says, narrowed to the installed version where it or a folder above knows that.

    Within a folder a lock wins, then a pinned version, then what is not only for development.
    """
    found: Declared | None = None
    for rows in said:
        here = [row for row in rows if row.name == name]
        if not here:
            continue
        locks = [row for row in here if row.locked]
        if found is None:
            if locks:
                return max(locks, key=lambda row: _exact(row.admits) or _NEWEST)
            found = min(here, key=lambda row: (row.aside, _exact(row.admits) is None, not len(row.admits)))
            if _exact(found.admits) is not None:
                return found
        else:
            # A lock of the whole workspace, further up.
            for row in locks:
                version = _exact(row.admits)
                if version is not None and version in found.admits:
                    return row
    return found


def _pinned(said: list[list[Declared]]) -> Iterator[tuple[str, tuple[int, ...]]]:
    """The libraries whose exact version is known."""
    for name in _LIBRARIES:
        found = _nearest(said, name)
        version = _exact(found.admits) if found is not None else None
        if version is not None:
            yield name, version.release


def _within(name: str, admits: SpecifierSet, own: SpecifierSet) -> bool:
    """Whether a declaration of a library means a release of this range."""
    if name == "pydantic-settings":
        return "1" not in admits or not len(admits)
    exact = _exact(admits)
    if exact is not None:
        return exact in own
    return (
        name == "sqlmodel" and len(admits) > 0 and Version("0.0.25") not in admits and Version("0.0.14") not in admits
    )


# --- one file ----------------------------------------------------------------------------------

_PACKAGE = re.compile(rb'\nname = "([^"\n]+)"\r?\nversion = "([^"\n]+)"')
_PIPFILE = re.compile(rb'^ {8}"([^"\n]+)": \{[^{}]*?"version": "==([^"]+)"', re.MULTILINE)
_LINE = re.compile(
    rf"^\s*(?:-\s+)?[\"']?(?:[\w-]+::)?(?P<name>{_NAMES.replace('-', '[-_]')})"
    r"(?:\[[^\]]*\])?\s*(?P<bounds>(?:[=<>!~^]=?=?\s*[\w.*+!-]+\s*,?\s*)*)[\"']?\s*(?:;(?P<marker>[^#\\]*))?\s*(?:\\|#.*|--.*|$)",
    re.IGNORECASE,
)


def _locked(path: str, data: bytes) -> Iterator[Declared]:
    pattern = _PIPFILE if path.endswith("Pipfile.lock") else _PACKAGE
    for match in pattern.finditer(data):
        name, version = (part.decode("ascii", "replace") for part in match.groups())
        if name not in _WATCHED:
            continue
        admits = _specifiers(f"=={version}")
        if admits is not None:
            yield Declared(name, admits, f"{path}:{_line_of(data, match.start(1))}", True, False)


def _line_of(data: bytes, at: int) -> int:
    return data.count(b"\n", 0, at) + (1 if data[at : at + 1] != b"\n" else 2)


def _required(found: Iterable[Requirement]) -> Iterator[Declared]:
    for item in found:
        if item.name not in _WATCHED or not _applies(item.marker):
            continue
        constraint = "" if item.constraint == requirements.ANY or item.constraint.startswith("@") else item.constraint
        admits = _specifiers(constraint)
        if admits is not None:
            aside = item.group is not None and _ASIDE.search(item.group.lower()) is not None
            yield Declared(item.name, admits, str(item.at), False, aside)


def _listed(path: str, data: bytes) -> Iterator[Declared]:
    """A requirements file, compiled or not, or a conda environment: a line each."""
    text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", "replace")
    aside = _ASIDE.search(posixpath.basename(path).lower()) is not None
    for number, line in enumerate(text.split("\n"), 1):
        match = _LINE.match(line) if len(line) < 1000 else None
        if match is None or not _applies(match["marker"]):
            continue
        bounds = re.sub(r"(^|,)\s*=(?=[^=])", r"\1==", match["bounds"].strip().rstrip(","))
        admits = _specifiers(bounds)
        if admits is not None:
            yield Declared(match["name"].lower().replace("_", "-"), admits, f"{path}:{number}", False, aside)


def _applies(marker: str | None) -> bool:
    """Whether an entry is for a current Python on Linux."""
    if not marker or not marker.strip():
        return True
    try:
        return Marker(marker.strip()).evaluate(_ENVIRONMENT)
    except (InvalidMarker, UndefinedEnvironmentName, InvalidVersion):
        return True


def _specifiers(text: str) -> SpecifierSet | None:
    """The bounds that a constraint means, Poetry's `^`, `~`, `||` and bare versions included."""
    alternatives = [part for part in text.split("|") if part.strip()]
    if len(alternatives) > 1:
        # Of alternatives the last, the newest, is what a fresh installation takes.
        text = alternatives[-1]
    text = re.sub(r"([<>=!~^])\s+(?=[\w*])", r"\1", text)
    parts = [part.strip() for part in re.split(r"[,\s]+(?=[\^~=<>!\d*])", text.strip()) if part.strip(" ,")]
    try:
        return SpecifierSet(",".join(filter(None, (_bound(part.strip(" ,")) for part in parts))))
    except (InvalidSpecifier, InvalidVersion):
        return None


def _bound(part: str) -> str:
    if part in ("*", "any", ""):
        return ""
    if part.startswith("^"):
        version = Version(part[1:].strip().replace(".*", ""))
        release = list(version.release)
        place = next((i for i, number in enumerate(release) if number), len(release) - 1)
        upper = [*release[:place], release[place] + 1]
        return f">={version},<{'.'.join(map(str, upper))}"
    if part.startswith("~") and not part.startswith("~="):
        version = Version(part[1:].strip().replace(".*", ""))
        release = list(version.release)
        upper = [*release[:-1][:2], release[:2][-1] + 1] if len(release) < 3 else [release[0], release[1] + 1]
        upper = [release[0] + 1] if len(release) == 1 else [release[0], release[1] + 1]
        return f">={version},<{'.'.join(map(str, upper))}"
    if part.startswith("~=") and part.count(".") == 0:
        return f">={part[2:]}"
    if part[0].isdigit():
        return f"=={part}"
    return part

"""os, sys, pathlib, importlib, re, json, dates, numbers and the like: pure where Python is, unknown where the machine decides."""

import base64
import datetime
import decimal
import fractions
import json
import math
import pathlib
import posixpath
import re
import string
import urllib.parse
import uuid
from typing import Any, Final

from byte.extract.evaluate.equality import held_by
from byte.extract.evaluate.natives.base import (
    LONGEST_TEXT,
    Interp,
    NativeFunction,
    argument,
    constant,
    constants,
    guarded_table,
    is_constant,
    known,
    listed,
    make,
    text_of,
    unknown,
)
from byte.extract.evaluate.natives.methods import binary, unwrapped, wrapped
from byte.extract.evaluate.values import EMPTY, External, Instance, Module, Native, Unknown, Value, external

CONSTANTS: Final[dict[str, Value]] = {
    "json.JSONDecodeError": external("builtins.ValueError"),
    "logging.CRITICAL": 50,
    "logging.DEBUG": 10,
    "logging.ERROR": 40,
    "logging.FATAL": 50,
    "logging.INFO": 20,
    "logging.NOTSET": 0,
    "logging.WARNING": 30,
    "math.e": math.e,
    "math.inf": math.inf,
    "math.nan": math.nan,
    "math.pi": math.pi,
    "os.linesep": "\n",
    "os.name": "posix",
    "os.path.sep": "/",
    "os.pathsep": ":",
    "os.sep": "/",
    "re.A": 256,
    "re.ASCII": 256,
    "re.DOTALL": 16,
    "re.I": 2,
    "re.IGNORECASE": 2,
    "re.M": 8,
    "re.MULTILINE": 8,
    "re.S": 16,
    "re.U": 32,
    "re.UNICODE": 32,
    "re.VERBOSE": 64,
    "re.X": 64,
    "string.ascii_letters": string.ascii_letters,
    "string.ascii_lowercase": string.ascii_lowercase,
    "string.ascii_uppercase": string.ascii_uppercase,
    "string.digits": string.digits,
    "string.hexdigits": string.hexdigits,
    "string.octdigits": string.octdigits,
    "string.printable": string.printable,
    "string.punctuation": string.punctuation,
    "string.whitespace": string.whitespace,
    "sys.byteorder": "little",
    "sys.maxsize": 2**63 - 1,
    "sys.platform": "linux",
    "sys.version_info": (3, 12, 0, "final", 0),
}


# --- os and sys --------------------------------------------------------------------------------


def _getenv(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """No environment: what counts is the default."""
    return argument(args, kwargs, 1, "default", None)


def _environment(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return argument(args, kwargs, 1, "default", None)


def _path_text(interp: Interp, value: Value) -> str:
    held = held_by(known(interp, value))
    if isinstance(held, (str, pathlib.PurePath)):
        return str(held)
    return str(constant(interp, held))


def _pure_path(name: str) -> NativeFunction:
    def call(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
        return getattr(posixpath, name)(*[_path_text(interp, a) for a in args])

    return call


def _same_path(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return posixpath.normpath(_path_text(interp, args[0]))


def _on_disk(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return unknown(interp, "what is on disk when the application runs is not known")


def _machine(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return unknown(interp, "it is the machine's")


def _moment(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return unknown(interp, "it is the time when the application runs")


def _chance(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return unknown(interp, "it is made by chance")


def _nothing(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return None


def _exit(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    raise interp.exception("SystemExit", "the code ends the process")


# --- pathlib -----------------------------------------------------------------------------------


def _path(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return make(interp, "pathlib.Path", pathlib.PurePosixPath(*[_path_text(interp, a) for a in args]))


def _operator(op: str, reflected: bool = False) -> NativeFunction:
    def call(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
        left, right = args
        return binary(interp, op, right, left) if reflected else binary(interp, op, left, right)

    return call


_OPERATORS: Final = {"+": "add", "-": "sub", "*": "mul", "/": "truediv", "//": "floordiv"}
_WITH_OPERATORS: Final = (
    "pathlib.Path",
    "datetime.datetime",
    "datetime.date",
    "datetime.timedelta",
    "decimal.Decimal",
)


def _held_text(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    found = text_of(interp, args[0])
    return found if found is not None else unknown(interp, "the text of an object is not known", "{?}")


# --- modules -----------------------------------------------------------------------------------


def _dunder_import(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """`__import__`: the module where names are asked of it, else the package at the top."""
    name = constant(interp, argument(args, kwargs, 0, "name"))
    wanted = held_by(argument(args, kwargs, 3, "fromlist", ()))
    if held_by(argument(args, kwargs, 4, "level", 0)) != 0:
        return unknown(interp, "a relative import by name is not known")
    module = interp.import_module(name)
    if not wanted:
        return interp.import_module(name.partition(".")[0])
    for member in wanted if isinstance(wanted, (list, tuple)) else ():
        if isinstance(member, str) and member != "*":
            interp.getattr_or(module, member, None)  # a submodule is imported by that
    return module


def _import_module(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    name = constant(interp, argument(args, kwargs, 0, "name"))
    if name.startswith("."):
        package = constant(interp, argument(args, kwargs, 1, "package"))
        level = len(name) - len(name.lstrip("."))
        parts = package.split(".")
        name = ".".join([*parts[: len(parts) - level + 1], *filter(None, [name.lstrip(".")])])
    return interp.import_module(name)


def project_files(interp: Interp, folder: str) -> list[str] | None:
    """The files below a folder, relative to it, if the folder is the project's (`__file__` begins with `/`)."""
    source = getattr(interp, "source", None)
    return source.files_below(folder) or None if source is not None else None


def _iter_modules(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """The modules of a package of the project, in the order of their names."""
    return _walk(interp, args, kwargs, 1)


def _walk_packages(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return _walk(interp, args, kwargs, 50)


def _walk(interp: Interp, args: list[Value], kwargs: dict[str, Value], depth: int) -> Value:
    folders = argument(args, kwargs, 0, "path", None)
    prefix = constant(interp, argument(args, kwargs, 1, "prefix", ""))
    if folders is None:
        return unknown(interp, "the modules of a folder are not known")
    out = []
    for folder in listed(interp, folders):
        files = project_files(interp, _path_text(interp, folder))
        if files is None:
            return unknown(interp, "the modules of a folder are not known")
        for name, package in modules_among([f for f in files if f.endswith(".py")], depth):
            info = make(interp, "pkgutil.ModuleInfo", module_finder=None, name=f"{prefix}{name}", ispkg=package)
            info.held = (None, f"{prefix}{name}", package)
            out.append(info)
    return out


def modules_among(files: list[str], depth: int) -> list[tuple[str, bool]]:
    """The dotted names of the modules among files, and whether each is a package; parents first."""
    found: dict[str, bool] = {}
    for file in files:
        parts = file.removesuffix(".py").split("/")
        if parts[-1] == "__init__":
            parts.pop()
            if parts and len(parts) <= depth:
                found[".".join(parts)] = True
        elif len(parts) <= depth and all(f"{'/'.join(parts[:i])}/__init__.py" in files for i in range(1, len(parts))):
            found[".".join(parts)] = False
    return sorted(found.items())


def _listdir(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    folder = _path_text(interp, argument(args, kwargs, 0, "path"))
    files = project_files(interp, folder)
    if files is None:
        return _on_disk(interp, args, kwargs)
    return list(dict.fromkeys(file.partition("/")[0] for file in files))


def _exists(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    found = project_entry(interp, _path_text(interp, args[0]))
    return True if found else _on_disk(interp, args, kwargs)


def _isfile(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    found = project_entry(interp, _path_text(interp, args[0]))
    return found == "file" if found else _on_disk(interp, args, kwargs)


def _isdir(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    found = project_entry(interp, _path_text(interp, args[0]))
    return found == "folder" if found else _on_disk(interp, args, kwargs)


def project_entry(interp: Interp, path: str) -> str | None:
    """Whether a path is a file or a folder of the project; None for what is not known to be either."""
    source = getattr(interp, "source", None)
    if source is None:
        return None
    if not path.startswith("/"):
        path = f"/{posixpath.join(source.root, path)}"
    if source.content(posixpath.normpath(path).strip("/")) is not None:
        return "file"
    return "folder" if project_files(interp, path) else None


_DATA: Final = ("json", "yaml", "yml", "toml")
"""Endings of files that belong to the project as its Python files do."""


def _glob(recursive: bool) -> NativeFunction:
    """`Path.glob` and `Path.rglob` over the project's files."""

    def call(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
        folder = _path_text(interp, args[0])
        pattern = constant(interp, argument(args, kwargs, 1, "pattern", "*"))
        files = project_files(interp, folder)
        if files is None or (not pattern.endswith(".py") and pattern.rpartition(".")[2] not in _DATA):
            return _on_disk(interp, args, kwargs)
        deep = recursive or pattern.startswith("**/")
        wanted = pattern.removeprefix("**/")
        out = []
        for file in files:
            if pathlib.PurePosixPath(file).match(wanted) and (deep or file.count("/") == wanted.count("/")):
                out.append(make(interp, "pathlib.Path", pathlib.PurePosixPath(folder) / file))
        return out

    return call


def _glob_texts(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """`glob.glob` over the project's files."""
    pattern = _path_text(interp, argument(args, kwargs, 0, "pathname"))
    folder, _, name = pattern.rpartition("/")
    deep = folder.endswith("/**")
    found = _glob(deep)(interp, [folder.removesuffix("/**"), name], {})
    return [str(path.held) for path in found] if isinstance(found, list) else found


def _iterdir(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    names = _listdir(interp, args, kwargs)
    if not isinstance(names, list):
        return names
    return [make(interp, "pathlib.Path", pathlib.PurePosixPath(_path_text(interp, args[0])) / name) for name in names]


def _environment_item(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    name = held_by(args[-1])
    return unknown(
        interp,
        f"the environment variable {name} has no default" if isinstance(name, str) else "an environment variable",
    )


def _reload(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return args[0]


def _find_spec(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    name = constant(interp, argument(args, kwargs, 0, "name"))
    found = interp.import_module(name)
    if isinstance(found, Module):
        return make(interp, "importlib.machinery.ModuleSpec", name=name)
    return unknown(interp, "whether a library is installed is not known")


def _version(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return unknown(interp, "the version of what is installed is not known", "{?}")


# --- regular expressions -----------------------------------------------------------------------

_MOST_PATTERN: Final = 200
_MOST_SUBJECT: Final = 200


def is_simple(pattern: str) -> bool:
    """Whether matching this takes time in proportion to the text: no repetition inside of a repetition, few of them."""
    if len(pattern) > _MOST_PATTERN or re.search(r"\\[1-9]|\(\?P=", pattern):
        return False
    depth_of_repeat: list[bool] = [False]
    repeats = 0
    i = 0
    while i < len(pattern):
        c = pattern[i]
        if c == "\\":
            i += 2
            continue
        if c == "[":
            i = _end_of_class(pattern, i)
        elif c == "(":
            depth_of_repeat.append(False)
        elif c == ")":
            inner = depth_of_repeat.pop() if len(depth_of_repeat) > 1 else False
            repeated = _repeats(pattern, i + 1)
            if inner and repeated:
                return False
            depth_of_repeat[-1] = depth_of_repeat[-1] or inner or repeated
        elif _repeats(pattern, i):
            depth_of_repeat[-1] = True
            repeats += 1
        i += 1
    return repeats <= 6


def _end_of_class(pattern: str, start: int) -> int:
    i = start + 1
    if pattern[i : i + 1] == "^":
        i += 1
    if pattern[i : i + 1] == "]":
        i += 1
    while i < len(pattern) and pattern[i] != "]":
        i += 2 if pattern[i] == "\\" else 1
    return i


def _repeats(pattern: str, at: int) -> bool:
    c = pattern[at : at + 1]
    if c in ("*", "+"):
        return True
    if c == "?":
        return False
    return c == "{" and bool(re.match(r"\{\d*,\d*\}", pattern[at : at + 20]))


def _expression(interp: Interp, pattern: Value, flags: Value = 0) -> "re.Pattern[str] | Unknown":
    if isinstance(pattern, Instance) and pattern.cls is external("re.Pattern"):
        flags = pattern.attributes["flags"]
        pattern = pattern.attributes["pattern"]
    text = constant(interp, pattern)
    number = flags if isinstance(flags, int) else 0
    if isinstance(flags, (External, Unknown)) or not isinstance(text, str) or not is_simple(text):
        return unknown(interp, "a regular expression that is not evaluated")
    try:
        return re.compile(text, number)
    except re.error as error:
        raise interp.exception("ValueError", str(error)) from None


def _compile(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    pattern = argument(args, kwargs, 0, "pattern")
    if isinstance(pattern, Instance) and pattern.cls is external("re.Pattern"):
        return pattern
    found = make(interp, "re.Pattern", pattern=pattern, flags=argument(args, kwargs, 1, "flags", 0))
    for name in ("match", "search", "fullmatch", "sub", "findall", "finditer", "split"):
        found.attributes[name] = Native(name, _pattern_method(found, name))
    return found


def _pattern_method(pattern: Instance, name: str) -> NativeFunction:
    return lambda interp, args, kwargs: _regular(name)(interp, [pattern, *args], kwargs)


def _regular(name: str) -> NativeFunction:
    def call(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
        expression = _expression(interp, args[0], kwargs.get("flags", 0))
        if isinstance(expression, Unknown):
            return expression
        if name == "sub":
            return _sub(interp, expression, args[1], args[2])
        subject = constant(interp, args[1])
        if not isinstance(subject, str) or len(subject) > _MOST_SUBJECT:
            return unknown(interp, "the text is too long")
        found = getattr(expression, name)(subject)
        if name in ("match", "search", "fullmatch"):
            return None if found is None else _match(interp, found)
        if name == "finditer":
            return [_match(interp, m) for m in found]
        return list(found)

    return call


def _match(interp: Interp, found: "re.Match[str]") -> Instance:
    def group(i: Interp, a: list[Value], k: dict[str, Value]) -> Value:
        try:
            return found.group(*a)
        except IndexError as error:
            raise i.exception("IndexError", str(error)) from None

    return make(
        interp,
        "re.Match",
        group=Native("group", group),
        groups=Native("groups", lambda i, a, k: found.groups(*a)),
        groupdict=Native("groupdict", lambda i, a, k: found.groupdict(*a)),
        start=Native("start", lambda i, a, k: found.start(*a)),
        end=Native("end", lambda i, a, k: found.end(*a)),
        span=Native("span", lambda i, a, k: found.span(*a)),
        string=found.string,
    )


def _sub(interp: Interp, expression: "re.Pattern[str]", replacement: Value, subject: Value) -> Value:
    text = constant(interp, subject)
    if not isinstance(text, str) or len(text) > _MOST_SUBJECT:
        return unknown(interp, "the text is too long")
    if isinstance(held_by(replacement), str):
        if len(held_by(replacement)) > _MOST_SUBJECT:
            return unknown(interp, "the text is too long")
        try:
            return expression.sub(held_by(replacement), text)
        except re.error as error:
            raise interp.exception("ValueError", str(error)) from None
    parts: list[str] = []
    last = 0
    for found in expression.finditer(text):
        written = held_by(interp.call(replacement, [_match(interp, found)], {}))
        if not isinstance(written, str):
            return written if isinstance(written, Unknown) else unknown(interp, "a replacement is not known")
        parts += [text[last : found.start()], written]
        last = found.end()
    return "".join([*parts, text[last:]])


def _escape(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return re.escape(constant(interp, args[0]))


# --- texts, numbers, dates ---------------------------------------------------------------------


def _loads(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    text = constant(interp, args[0])
    if len(text) > LONGEST_TEXT:
        return unknown(interp, "the text is too long")
    return json.loads(text)


def _dumps(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    if not is_constant(args[0]):
        return unknown(interp, "the text of an object is not known", "{?}")
    options = {
        k: v for k, v in kwargs.items() if k in ("indent", "sort_keys", "ensure_ascii", "separators") and is_constant(v)
    }
    return json.dumps(constants(args[0]), **options)


def _constructor(kind: Any) -> NativeFunction:
    def call(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
        positional = [unwrapped(interp, a) for a in args]
        return wrapped(interp, kind(*positional, **{k: unwrapped(interp, v) for k, v in kwargs.items()}))

    return call


def _decimal(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    value = unwrapped(interp, argument(args, kwargs, 0, "value", "0"))
    if isinstance(value, str) and len(value) > 100:
        return unknown(interp, "the number is too large")
    try:
        return wrapped(interp, decimal.Decimal(value))
    except decimal.DecimalException:
        raise interp.exception("ValueError", "not a decimal number") from None


def _fraction(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    values = [constant(interp, a) for a in args]
    if any(isinstance(v, str) and (len(v) > 100 or "e" in v.lower()) for v in values):
        return unknown(interp, "the number is too large")
    return make(interp, "fractions.Fraction", fractions.Fraction(*values))


def _integer_limits(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    kind = argument(args, kwargs, 0, "int_type")
    named = re.fullmatch(r"(?:numpy\.)?(u?)int(8|16|32|64)", kind.name if isinstance(kind, External) else str(kind))
    if named is None:
        return unknown(interp, "the limits of a number type that is not known")
    bits = int(named[2])
    least, most = (0, 2**bits - 1) if named[1] else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    return make(interp, "numpy.iinfo", bits=bits, min=least, max=most)


def _uuid_of(name: str) -> NativeFunction:
    def call(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
        namespace = args[0]
        if isinstance(namespace, External) and hasattr(uuid, namespace.short):
            base = getattr(uuid, namespace.short)
        else:
            base = unwrapped(interp, namespace)
        return wrapped(interp, getattr(uuid, name)(base, constant(interp, args[1])))

    return call


def _mathematics(name: str) -> NativeFunction:
    def call(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
        numbers = [constant(interp, a) for a in args]
        if name in ("factorial", "comb", "perm") and any(n > 200 for n in numbers):
            return unknown(interp, "the number is too large")
        return getattr(math, name)(*numbers)

    return call


def _quote(name: str) -> NativeFunction:
    def call(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
        return getattr(urllib.parse, name)(
            *[constant(interp, a) for a in args], **{k: constants(v) for k, v in kwargs.items()}
        )

    return call


def _urlencode(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    if not is_constant(args[0]):
        return unknown(interp, "the text of an object is not known", "{?}")
    return urllib.parse.urlencode(constants(args[0]))


def _base64(name: str) -> NativeFunction:
    def call(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
        return getattr(base64, name)(constant(interp, args[0]))

    return call


def _dedent(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    lines = constant(interp, args[0]).split("\n")
    margin: str | None = None
    for line in lines:
        content = line.lstrip(" \t")
        if content:
            indent = line[: len(line) - len(content)]
            margin = indent if margin is None else posixpath.commonprefix([margin, indent])
    return "\n".join(line[len(margin or "") :] if line.strip(" \t") else "" for line in lines)


def _indent(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    prefix = constant(interp, argument(args, kwargs, 1, "prefix"))
    lines = constant(interp, args[0]).splitlines(True)
    return "".join(prefix + line if line.strip() else line for line in lines)


def _capwords(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return string.capwords(constant(interp, args[0]), *[constant(interp, a) for a in args[1:]])


def _template(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    text = constant(interp, args[0])

    def fill(i: Interp, a: list[Value], k: dict[str, Value]) -> Value:
        values = {**(held_by(a[0]) if a else {}), **k}
        if not is_constant(values):
            return unknown(i, "the text of an object is not known", "{?}")
        return string.Template(text).safe_substitute(constants(values))

    return make(
        interp,
        "string.Template",
        template=text,
        substitute=Native("substitute", fill),
        safe_substitute=Native("safe_substitute", fill),
    )


def _auto(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return make(interp, "enum.auto")


def _load_dotenv(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return False


def _decouple(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """`decouple.config`: the default as `cast` makes it."""
    default = argument(args, kwargs, 1, "default")
    if default is EMPTY:
        return unknown(interp, "a setting without a default")
    cast = argument(args, kwargs, 2, "cast")
    return default if cast is EMPTY or default is None else interp.call(cast, [default], {})


_ON_DISK: Final = """
os.scandir os.stat os.walk os.access os.path.getmtime os.path.getsize os.path.islink os.popen shutil.which pathlib.Path.cwd pathlib.Path.home tempfile.mkdtemp
tempfile.gettempdir tempfile.NamedTemporaryFile tempfile.TemporaryDirectory subprocess.run subprocess.check_output
json.load tomllib.load yaml.safe_load
"""
_MACHINE: Final = """
os.cpu_count os.getcwd os.getpid os.getlogin os.uname platform.machine platform.node platform.python_version
platform.release platform.platform platform.uname socket.gethostname getpass.getuser multiprocessing.cpu_count
locale.getlocale locale.getdefaultlocale
"""
_MOMENT: Final = """
time.time time.time_ns time.monotonic time.perf_counter time.localtime time.gmtime time.strftime
datetime.datetime.now datetime.datetime.utcnow datetime.datetime.today datetime.date.today
"""
_CHANCE: Final = """
os.urandom random.choice random.choices random.randint random.random random.sample random.uniform random.randrange
secrets.token_hex secrets.token_urlsafe secrets.token_bytes secrets.choice secrets.randbelow uuid.uuid1 uuid.uuid4
"""
_NOTHING: Final = """
os.makedirs os.mkdir os.chmod os.putenv os.environ.setdefault os.environ.update os.environ.pop sys.path.append
sys.path.insert sys.path.extend sys.path.remove sys.stdout.write sys.stderr.write time.sleep asyncio.set_event_loop_policy
locale.setlocale decimal.getcontext nest_asyncio.apply uvloop.install
"""
_PURE_PATHS: Final = "basename commonpath commonprefix dirname isabs join normpath relpath split splitext".split()

TABLE: Final[dict[str, NativeFunction]] = {
    **dict.fromkeys(_ON_DISK.split(), _on_disk),
    **dict.fromkeys(_MACHINE.split(), _machine),
    **dict.fromkeys(_MOMENT.split(), _moment),
    **dict.fromkeys(_CHANCE.split(), _chance),
    **dict.fromkeys(_NOTHING.split(), _nothing),
    **{f"os.path.{name}": _pure_path(name) for name in _PURE_PATHS},
    **{f"{kind}.__{name}__": _operator(op) for kind in _WITH_OPERATORS for op, name in _OPERATORS.items()},
    **{f"{kind}.__r{name}__": _operator(op, True) for kind in _WITH_OPERATORS for op, name in _OPERATORS.items()},
    **{f"{kind}.__str__": _held_text for kind in (*_WITH_OPERATORS, "uuid.UUID", "datetime.time")},
    **{
        f"re.{name}": _regular(name) for name in ("match", "search", "fullmatch", "sub", "findall", "finditer", "split")
    },
    **{
        f"math.{name}": _mathematics(name)
        for name in "ceil floor sqrt log log2 log10 pow fabs gcd trunc exp isnan isinf comb factorial isclose prod".split()
    },
    **{f"urllib.parse.{name}": _quote(name) for name in ("quote", "quote_plus", "unquote", "unquote_plus", "urljoin")},
    **{
        f"base64.{name}": _base64(name) for name in ("b64encode", "b64decode", "urlsafe_b64encode", "urlsafe_b64decode")
    },
    "builtins.__import__": _dunder_import,
    "builtins.exit": _exit,
    "builtins.quit": _exit,
    "datetime.date": _constructor(datetime.date),
    "datetime.date.fromisoformat": _constructor(datetime.date.fromisoformat),
    "datetime.datetime": _constructor(datetime.datetime),
    "datetime.datetime.combine": _constructor(datetime.datetime.combine),
    "datetime.datetime.fromisoformat": _constructor(datetime.datetime.fromisoformat),
    "datetime.datetime.strptime": _constructor(datetime.datetime.strptime),
    "datetime.time": _constructor(datetime.time),
    "datetime.time.fromisoformat": _constructor(datetime.time.fromisoformat),
    "datetime.timedelta": _constructor(datetime.timedelta),
    "datetime.timezone": _constructor(datetime.timezone),
    "decimal.Decimal": _decimal,
    "decouple.config": _decouple,
    "dotenv.find_dotenv": lambda i, a, k: "",
    "dotenv.load_dotenv": _load_dotenv,
    "enum.auto": _auto,
    "fractions.Fraction": _fraction,
    "importlib.import_module": _import_module,
    "importlib.metadata.version": _version,
    "importlib.reload": _reload,
    "importlib.util.find_spec": _find_spec,
    "glob.glob": _glob_texts,
    "glob.iglob": _glob_texts,
    "json.dumps": _dumps,
    "json.loads": _loads,
    "os.environ.__contains__": lambda i, a, k: False,
    "os.environ.__getitem__": _environment_item,
    "os.listdir": _listdir,
    "os.path.exists": _exists,
    "os.path.isdir": _isdir,
    "os.path.isfile": _isfile,
    "pathlib.Path.exists": _exists,
    "pathlib.Path.glob": _glob(False),
    "pathlib.Path.is_dir": _isdir,
    "pathlib.Path.is_file": _isfile,
    "pathlib.Path.iterdir": _iterdir,
    "pathlib.Path.rglob": _glob(True),
    "os.environ.copy": lambda i, a, k: {},
    "os.environ.get": _environment,
    "os.fspath": lambda i, a, k: _path_text(i, a[0]),
    "os.getenv": _getenv,
    "os.path.abspath": _same_path,
    "os.path.expanduser": _same_path,
    "os.path.realpath": _same_path,
    "pathlib.Path": _path,
    "pathlib.PosixPath": _path,
    "pathlib.PurePath": _path,
    "pathlib.PurePosixPath": _path,
    "pkg_resources.get_distribution": _version,
    "pkgutil.iter_modules": _iter_modules,
    "pkgutil.walk_packages": _walk_packages,
    "platform.system": lambda i, a, k: "Linux",
    "numpy.iinfo": _integer_limits,
    "re.compile": _compile,
    "re.escape": _escape,
    "string.Template": _template,
    "string.capwords": _capwords,
    "sys.exit": _exit,
    "textwrap.dedent": _dedent,
    "textwrap.indent": _indent,
    "urllib.parse.urlencode": _urlencode,
    "uuid.UUID": _constructor(uuid.UUID),
    "uuid.uuid3": _uuid_of("uuid3"),
    "uuid.uuid5": _uuid_of("uuid5"),
}
NATIVES = guarded_table(TABLE)

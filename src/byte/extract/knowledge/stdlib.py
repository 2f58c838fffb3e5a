"""The standard library: files, processes, environment, sleeping."""

from byte.model.facts import Effect

_READ = frozenset({Effect.FILE_READ})
_WRITE = frozenset({Effect.FILE_WRITE})
_BLOCK = frozenset({Effect.BLOCKING})
_ENV = frozenset({Effect.ENVIRONMENT})

CANONICAL = {
    "os.environ.__getitem__": "os.environ.get",
    "typing.List": "builtins.list",
    "typing.Dict": "builtins.dict",
    "typing.Set": "builtins.set",
    "typing.Tuple": "builtins.tuple",
    "typing.FrozenSet": "builtins.frozenset",
    "typing.Type": "builtins.type",
    "typing_extensions.Annotated": "typing.Annotated",
    "typing_extensions.Literal": "typing.Literal",
    "typing_extensions.TypedDict": "typing.TypedDict",
    "collections.abc.Sequence": "typing.Sequence",
    "collections.abc.Iterable": "typing.Iterable",
    "collections.abc.Iterator": "typing.Iterator",
    "collections.abc.Generator": "typing.Generator",
    "collections.abc.AsyncGenerator": "typing.AsyncGenerator",
    "collections.abc.AsyncIterator": "typing.AsyncIterator",
    "collections.abc.Awaitable": "typing.Awaitable",
    "collections.abc.Mapping": "typing.Mapping",
}

RETURNS = {
    "pathlib.Path": "pathlib.Path",
    "pathlib.Path.resolve": "self",
    "pathlib.Path.absolute": "self",
    "pathlib.Path.joinpath": "self",
    "pathlib.Path.with_suffix": "self",
    "pathlib.Path.read_text": "builtins.str",
    "pathlib.Path.read_bytes": "builtins.bytes",
    "pathlib.Path.open": "io.FileIO",
    "builtins.open": "io.FileIO",
    "builtins.sorted": "builtins.list",
    "builtins.list": "builtins.list",
    "builtins.dict": "builtins.dict",
    "builtins.set": "builtins.set",
    "builtins.len": "builtins.int",
    "builtins.int": "builtins.int",
    "builtins.str": "builtins.str",
    "builtins.float": "builtins.float",
    "datetime.datetime.now": "datetime.datetime",
    "datetime.datetime.utcnow": "datetime.datetime",
    "concurrent.futures.ThreadPoolExecutor": "concurrent.futures.ThreadPoolExecutor",
    "asyncio.Lock": "asyncio.Lock",
    "threading.Lock": "threading.Lock",
    "collections.defaultdict": "builtins.dict",
    "collections.OrderedDict": "builtins.dict",
    "collections.Counter": "builtins.dict",
    "sqlite3.connect": "sqlite3.Connection",
    "sqlite3.Connection.cursor": "sqlite3.Cursor",
    "sqlite3.Connection.execute": "sqlite3.Cursor",
}

EFFECTS = {
    **dict.fromkeys(("time.sleep", "os.system", "os.popen", "os.wait", "os.waitpid", "select.select"), _BLOCK),
    **dict.fromkeys(
        (f"subprocess.{n}" for n in ("run", "call", "check_call", "check_output", "getoutput", "getstatusoutput")),
        _BLOCK,
    ),
    **dict.fromkeys(("subprocess.Popen.wait", "subprocess.Popen.communicate"), _BLOCK),
    **dict.fromkeys(("socket.create_connection", "socket.getaddrinfo", "socket.gethostbyname"), _BLOCK),
    **dict.fromkeys(("smtplib.SMTP", "smtplib.SMTP_SSL", "smtplib.SMTP.send_message", "smtplib.SMTP.sendmail"), _BLOCK),
    "urllib.request.urlopen": frozenset({Effect.HTTP, Effect.BLOCKING}),
    "urllib.request.urlretrieve": frozenset({Effect.HTTP, Effect.BLOCKING, Effect.FILE_WRITE}),
    **dict.fromkeys(("pathlib.Path.read_text", "pathlib.Path.read_bytes"), _READ),
    **dict.fromkeys(("pathlib.Path.write_text", "pathlib.Path.write_bytes", "pathlib.Path.unlink"), _WRITE),
    **dict.fromkeys(("pathlib.Path.mkdir", "pathlib.Path.rename", "pathlib.Path.replace"), _WRITE),
    **dict.fromkeys(("os.remove", "os.unlink", "os.rename", "os.replace", "os.makedirs", "os.mkdir"), _WRITE),
    **dict.fromkeys(("shutil.copy", "shutil.copyfile", "shutil.copytree", "shutil.rmtree", "shutil.move"), _WRITE),
    **dict.fromkeys(("os.getenv", "os.environ.get"), _ENV),
    **dict.fromkeys(("sqlite3.Connection.execute", "sqlite3.Cursor.execute"), frozenset({Effect.QUERY})),
    **dict.fromkeys(
        ("sqlite3.Connection.executemany", "sqlite3.Cursor.executemany", "sqlite3.Connection.commit"),
        frozenset({Effect.QUERY, Effect.WRITE}),
    ),
}

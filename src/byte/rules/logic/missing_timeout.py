"""Network call without a timeout.

## What it does

Finds a network call of a library that waits for ever by default: `requests`, `urllib`, `http.client`, `smtplib`,
`ftplib`, `socket.create_connection`; and a `timeout=None` that switches a finite default off.

## Why is this bad?

When the other side accepts the connection and then says nothing, the worker waits until the process is killed. A few
such calls take all workers.

## Bad

```python
import requests


def latest_version() -> str:
    response = requests.get("https://api.example.com/latest")  # finding
    return response.json()["tag"]
```

## Good

```python
import httpx
import requests


def latest_version() -> str:
    response = requests.get("https://api.example.com/latest", timeout=10)
    return response.json()["tag"]


def same(client: httpx.Client) -> str:
    return client.get("https://api.example.com/latest").json()["tag"]
```

## Limits

`httpx` (5 s) and `aiohttp` (5 min) have a finite default: a client that is made without any setting is a note, its
calls are not reported. A call in a script (a file that
reads a command line, or under `scripts`, `tools`, `cli`) is only a note. A stream may wait as long as it likes. Nor is a call with `**options`, a
session of a project that mounts its own adapter class, or any call where `socket.setdefaulttimeout` is used.

```python
import requests


def fetch(url: str, **options):
    return requests.get(url, **options)
```

## References

- requests: Timeouts
- CWE-1088: Synchronous Access of Remote Resource without Timeout
"""

from collections.abc import Iterator

from byte.model import flow
from byte.model import syntax as s
from byte.model.facts import Call, Facts, Function
from byte.model.review import Area, Aspect, Evidence, Location, Rule, Severity

_VERBS = ("get", "post", "put", "patch", "delete", "head", "options", "request")
_WAITS = {
    **{f"requests.{verb}": 99 for verb in _VERBS},
    **{f"requests.Session.{verb}": 99 for verb in _VERBS},
    "urllib.request.urlopen": 2,
    "http.client.HTTPConnection": 2,
    "http.client.HTTPSConnection": 2,
    "smtplib.SMTP": 3,
    "smtplib.SMTP_SSL": 5,
    "ftplib.FTP": 4,
    "socket.create_connection": 1,
}
"""Calls that wait for ever by default, with the position of their timeout."""
_CLIENTS = {"httpx.AsyncClient": "5 s", "httpx.Client": "5 s", "aiohttp.ClientSession": "5 min"}
_TOOLS = frozenset({"scripts", "script", "dev", "tools", "bin", "examples", "example", "docs", "cli", "benchmarks"})
_FINITE = ("httpx.", "aiohttp.")


def check(function: Function, facts: Facts) -> Iterator[Evidence]:
    """One finding for each call that may wait for ever."""
    for call in facts.calls(function):
        if call.target is None:
            continue
        name = s.text(call.node.func, 50)
        if call.target in _WAITS:
            if _given(call, function) or _elsewhere(call, function, facts):
                continue
            yield Evidence(
                message=f"`{name}` has no timeout: it waits for ever for a server that does not answer",
                at=Location(function.path, call.line, call.line),
                symbol=function.qualname,
                key=name,
                fix=f"Give `{name}` a `timeout`, and handle the error that it raises.",
                cause=f"{function.path} {call.target.partition('.')[0]}",
                severity=Severity.NOTE if _script(function, facts) else None,
            )
        elif call.target in _CLIENTS and not call.node.keywords and not call.node.args:
            yield Evidence(
                message=f"`{name}()` leaves the timeout at the library's default of {_CLIENTS[call.target]}",
                at=Location(function.path, call.line, call.line),
                symbol=function.qualname,
                key=f"{name} default",
                fix=f"Give `{name}` the `timeout` that the service behind it needs.",
                cause=f"default timeout of {call.target}",
                severity=Severity.NOTE,
            )
        elif call.target.startswith(_FINITE) and not call.target.endswith(".stream"):
            timeout = s.keyword(call.node, "timeout")
            if isinstance(timeout, s.Constant) and timeout.kind == "none":
                yield Evidence(
                    message=f"`{name}` switches the timeout off: it waits for ever for a server that does not answer",
                    at=Location(function.path, call.line, call.line),
                    symbol=function.qualname,
                    key=f"{name} timeout=None",
                    fix=f"Give `{name}` a finite `timeout`, at least for connecting.",
                    severity=Severity.NOTE,
                )


def _script(function: Function, facts: Facts) -> bool:
    """Whether the file is run by a person rather than served: it reads a command line, or stands among tools."""
    if _TOOLS & set(function.path.lower().split("/")[:-1]):
        return True
    module = facts.module(function.path)
    names = flow.mentioned(*module.body) if module is not None else frozenset()
    commands = bool({"argparse.ArgumentParser", "sys.argv", "click.command", "typer.Typer"} & names)
    return commands and not any("uvicorn" in name or "FastAPI" in name for name in names)


def _given(call: Call, function: Function) -> bool:
    """Whether a timeout other than None is, or may be, passed."""
    spread = [k.value for k in call.node.keywords if k.name is None]
    if any(_may_hold_timeout(function, value) for value in spread):
        return True
    if any(isinstance(a, s.Starred) for a in call.node.args):
        return True
    timeout = s.argument(call.node, _WAITS[call.target or ""], "timeout")
    return timeout is not None and not (isinstance(timeout, s.Constant) and timeout.kind == "none")


def _may_hold_timeout(function: Function, value: s.Expr) -> bool:
    """False for `**options` where the function itself fills `options`, by literal keys, and none is `timeout`."""
    if not isinstance(value, s.Name):
        return True
    made = [item for name, item in flow.bindings(function.node) if name == value.id]
    if not made or any(p.name == value.id for p in function.node.params):
        return True
    keys: list[s.Expr | None] = []
    for item in made:
        if not isinstance(item, s.Assign) or not isinstance(item.value, s.Mapping):
            return True
        keys += item.value.keys
    for node in s.own(function.node):
        if isinstance(node, s.Assign):
            keys += [t.index for t in node.targets if isinstance(t, s.Subscript) and s.dotted(t.value) == value.id]
        elif isinstance(node, s.Call) and (s.dotted(node.func) or "").startswith(f"{value.id}."):
            return True
    return any(s.string(key) in (None, "timeout") for key in keys)


def _elsewhere(call: Call, function: Function, facts: Facts) -> bool:
    """Whether something else sets one: a socket default in this file, or an adapter mounted on a session."""
    module = facts.module(function.path)
    names = flow.mentioned(*module.body) if module is not None else frozenset()
    if "socket.setdefaulttimeout" in names:
        return True
    session = call.target is not None and call.target.startswith("requests.Session.")
    return session and any(name.endswith(".mount") for name in names)


RULE = Rule(
    id="BYT310",
    name="missing-timeout",
    area=Area.LOGIC,
    aspect=Aspect.ERROR_HANDLING,
    severity=Severity.MAJOR,
    on=Function,
    check=check,
)

"""Pages for people: what a kind of problem means, and the API document as it reads. No script, nothing from elsewhere."""

import html
from typing import Any, Final

from byte.server.problems import Kind

_HEAD: Final = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }}
code, pre {{ font: 14px/1.4 ui-monospace, monospace; }}
pre {{ padding: .75rem; background: #8881; overflow: auto; }}
h3 {{ margin: 2rem 0 0; }}
td, th {{ text-align: left; vertical-align: top; padding: .1rem 1rem .1rem 0; }}
</style>
<h1>{title}</h1>
"""


def problem(kind: Kind) -> str:
    """What a kind of problem means."""
    text = html.escape(kind.help).replace("`", "")
    return f"{_HEAD.format(title=html.escape(kind.title))}<p><code>{kind.name}</code>, status {kind.status}</p><p>{text}</p>\n"


def reference(document: dict[str, Any], root: str) -> str:
    """The API document: every operation with what it takes and answers."""
    info = document["info"]
    parts = [_HEAD.format(title=f"{html.escape(info['title'])} {html.escape(info['version'])}")]
    parts.append(f"<p>{html.escape(info.get('summary', ''))} ")
    parts.append(f'The whole document: <a href="{html.escape(root)}/openapi.json">openapi.json</a>.</p>')
    parts.append(f"<pre>{html.escape(info.get('description', ''))}</pre>")
    by_tag: dict[str, list[str]] = {tag["name"]: [] for tag in document.get("tags", ())}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            for tag in operation.get("tags", ["other"]):
                by_tag.setdefault(tag, []).append(_operation(method, path, operation))
    for name, operations in by_tag.items():
        if operations:
            parts.append(f'<h2 id="{html.escape(name)}">{html.escape(name)}</h2>')
            parts.extend(operations)
    return "".join(parts)


def _operation(method: str, path: str, operation: dict[str, Any]) -> str:
    rows = "".join(
        f"<tr><td><code>{html.escape(one['name'])}</code><td>{html.escape(one['in'])}"
        f"{', required' if one.get('required') else ''}<td>{html.escape(one.get('description', ''))}"
        for one in operation.get("parameters", ())
    )
    answers = "".join(
        f"<tr><td><code>{html.escape(status)}</code><td>{html.escape(_described(status, answer))}"
        for status, answer in operation["responses"].items()
    )
    scopes = [scope for one in operation.get("security", ()) for listed in one.values() for scope in listed]
    needs = f" <small>needs <code>{html.escape(scopes[0])}</code></small>" if scopes else ""
    return (
        f"<h3><code>{method.upper()} {html.escape(path)}</code>{needs}</h3>"
        f"<p>{html.escape(operation.get('summary', ''))}. {html.escape(operation.get('description', ''))}</p>"
        f"<table>{rows}</table><table>{answers}</table>\n"
    )


def _described(status: str, answer: dict[str, Any]) -> str:
    return str(answer.get("description") or f"A problem: {answer.get('$ref', status).rpartition('/')[2]}.")

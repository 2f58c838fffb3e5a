"""Writes the parts of the documentation that the code knows better, or says which are out of date.

    python scripts/docs.py --check | --write

Generated are: the report in README.md (from docs/demo-report.md), the help of the commands (those of the registry in
docs/registry.md, docs/publishing.md and docs/consumers.md, the others in docs/reviewing.md), the report in docs/diff.md
(of examples/orders-api), the settings of the registry, the table of rules by report line, docs/rules.md and one page a
rule in docs/rules/. A part whose source is not there is left as it is.
"""

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from pathlib import Path

from byte.model.review import Area, Aspect, Rule

ROOT = Path(__file__).resolve().parent.parent

COMMANDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "reviewing.md": ((), ("review",), ("diff",), ("contract",), ("rules",)),
    "registry.md": (
        ("serve",), ("import",), ("search",), ("keys",), ("keys", "create"), ("keys", "list"), ("keys", "revoke"),
        ("migrate",), ("backup",), ("restore",),
    ),
    "publishing.md": (("publish",), ("policy",)),
    "consumers.md": (("consume",), ("impact",)),
}  # fmt: skip
"""The page that shows the help of each command."""

AREAS = {
    Area.ENDPOINT: "API endpoint design",
    Area.DATA: "Data management",
    Area.LOGIC: "Business logic",
    Area.PERFORMANCE: "Performance",
    Area.INTEGRATION: "Integration",
}

INDEX = """\
# Rules

{count} rules. A name says the bad pattern; `byte rules NAME` prints the page that is linked here, and every example on
it runs as a test. What the severities mean and which report line a rule feeds stands in [the report](report.md).

"""


class MissingError(Exception):
    """The source of a generated part is not there; the message says which."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Check or write every generated part."""
    parser = argparse.ArgumentParser(description="Check or write the generated parts of the documentation.")
    mode = parser.add_mutually_exclusive_group(required=True)
    mode.add_argument("--check", action="store_true", help="say what is out of date, and exit with 1")
    mode.add_argument("--write", action="store_true", help="bring everything up to date")
    options = parser.parse_args(arguments)

    stale = 0
    for path, text in _wanted():
        if text == (path.read_text(encoding="utf-8") if path.exists() else None):
            continue
        stale += 1
        name = path.relative_to(ROOT)
        if options.check:
            print(f"{name} is out of date: run `make docs`.")
        elif text is None:
            path.unlink()
            print(f"{name} removed.")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(f"{name} written.")
    return 1 if stale and options.check else 0


def _wanted() -> Iterator[tuple[Path, str | None]]:
    """Every file with a generated part, and what it should hold (None: it should not be there)."""
    for source in (_readme, _help, _diff, _settings, _rules):
        try:
            yield from source()
        except MissingError as missing:
            print(f"Left as it is: {missing}", file=sys.stderr)


def _readme() -> Iterator[tuple[Path, str]]:
    report = ROOT / "docs" / "demo-report.md"
    if not report.exists():
        raise MissingError("the report in README.md, because docs/demo-report.md does not exist yet.")
    text = report.read_text(encoding="utf-8").strip()
    longest = max((len(run) for run in re.findall(r"^`+", text, re.MULTILINE)), default=0)
    fence = "`" * max(3, longest + 1)
    readme = ROOT / "README.md"
    yield readme, _fill(readme.read_text(encoding="utf-8"), "report", f"{fence}markdown\n{text}\n{fence}")


def _help() -> Iterator[tuple[Path, str]]:
    for name, commands in COMMANDS.items():
        page = ROOT / "docs" / name
        blocks = "\n\n".join(
            f"```text\n$ {' '.join(('byte', *command, '--help'))}\n{_ask(command)}\n```" for command in commands
        )
        yield page, _fill(page.read_text(encoding="utf-8"), "help", blocks)


def _diff() -> Iterator[tuple[Path, str]]:
    page = ROOT / "docs" / "diff.md"
    command = ("diff", "examples/orders-api/base.yaml", "examples/orders-api/revision.yaml")
    done = _run(*command, "--format", "terminal")
    # 1 says that something breaks, as the example does.
    if done.returncode != 1 or not done.stdout:
        raise MissingError(f"the report in docs/diff.md, because `byte {' '.join(command)}` does not run yet.")
    report = f"```text\n$ byte {' '.join(command)}\n{done.stdout.strip()}\n```"
    yield page, _fill(page.read_text(encoding="utf-8"), "diff", report)


def _settings() -> Iterator[tuple[Path, str]]:
    try:
        text = str(import_module("byte.server.settings").page())
    except ImportError as reason:
        raise MissingError(f"the settings of the registry, because it is not installed ({reason}).") from reason
    yield ROOT / "docs" / "registry-settings.md", text


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "COLUMNS": "100", "TERMINAL_WIDTH": "100", "NO_COLOR": "1", "TERM": "dumb"}
    return subprocess.run(
        [sys.executable, "-c", "from byte.cli import main; main()", *arguments],
        capture_output=True,
        text=True,
        env=environment,
        cwd=ROOT,
        check=False,
    )


def _ask(command: tuple[str, ...]) -> str:
    done = _run(*command, "--help")
    if done.returncode:
        raise MissingError(
            f"the help of the commands, because `{' '.join(('byte', *command))} --help` does not run yet."
        )
    usage = done.stdout.replace("Usage: -c", "Usage: byte")
    return "\n".join(line.rstrip() for line in usage.strip("\n").splitlines())


def _rules() -> Iterator[tuple[Path, str | None]]:
    try:
        package = import_module("byte.rules")
        rules: tuple[Rule, ...] = package.RULES
        pages = {rule.name: str(package.page(rule)).strip() for rule in rules}
    except (ImportError, AttributeError) as reason:
        raise MissingError(f"the pages of the rules, because byte.rules is not there yet ({reason}).") from reason
    ordered = sorted(rules, key=lambda rule: rule.id)
    folder = ROOT / "docs" / "rules"

    yield ROOT / "docs" / "rules.md", INDEX.format(count=len(ordered)) + "\n".join(_index(ordered, pages))
    report = ROOT / "docs" / "report.md"
    yield report, _fill(report.read_text(encoding="utf-8"), "lines", "\n".join(_lines(ordered)))
    for rule in ordered:
        yield folder / f"{rule.name}.md", _page(rule, pages[rule.name])
    for path in sorted(folder.glob("*.md")):
        if path.stem not in pages:
            yield path, None


def _title(page: str) -> str:
    return page.splitlines()[0].lstrip("# ").strip()


def _index(rules: Iterable[Rule], pages: dict[str, str]) -> Iterator[str]:
    for area, heading in AREAS.items():
        rows = [rule for rule in rules if rule.area == area]
        if not rows:
            continue
        yield f"## {heading}\n"
        yield "| id | rule | severity | line | what it finds |"
        yield "|---|---|---|---|---|"
        for rule in rows:
            line = rule.aspect.value if rule.aspect else "Concerns"
            title = _title(pages[rule.name]).replace("|", "\\|")
            yield f"| {rule.id} | [{rule.name}](rules/{rule.name}.md) | {rule.severity.value} | {line} | {title} |"
        yield ""


def _lines(rules: Iterable[Rule]) -> Iterator[str]:
    fed: dict[Aspect | None, list[Rule]] = {}
    for rule in rules:
        fed.setdefault(rule.aspect, []).append(rule)
    yield "| line | rules |"
    yield "|---|---|"
    for aspect in (*Aspect, None):
        names = ", ".join(f"[{rule.name}](rules/{rule.name}.md)" for rule in fed.get(aspect, [])) or "none yet"
        yield f"| {aspect.value if aspect else 'Concerns only'} | {names} |"


def _page(rule: Rule, page: str) -> str:
    title, _, rest = page.partition("\n")
    line = rule.aspect.value if rule.aspect else "Concerns"
    return (
        f"# {rule.name}\n\n`{rule.id}` · {rule.severity.value} · {line}\n\n{title.lstrip('# ')}\n{rest}".rstrip() + "\n"
    )


def _fill(text: str, name: str, content: str) -> str:
    """The text with this content between `<!-- name:begin -->` and `<!-- name:end -->`."""
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    head, opened, rest = text.partition(begin)
    _, closed, tail = rest.partition(end)
    if not (opened and closed):
        raise MissingError(f"a part that has lost its markers {begin} ... {end}.")
    return f"{head}{begin}\n{content}\n{end}{tail}"


if __name__ == "__main__":
    sys.exit(main())

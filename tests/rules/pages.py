"""Runs the fenced examples of a rule's page: each marked line is found, and no other line is.

Fences: ```python is a project of one file, `app/main.py`. ```python title="app/models.py" names the file; files
that follow each other without prose between them make one project. ```python base and ```python head (with or
without a title) are the two sides of a change; the markers stand in head. `toml`, `ini`, `txt`, `yaml`, `json` fences need a title.
A line with `# finding` is expected; `# finding: 2` expects two.
"""

import re
from collections.abc import Iterator, Mapping

import msgspec

from byte.extract import requirements
from byte.extract.affected import affected
from byte.extract.cache import Cache
from byte.extract.library import Library
from byte.extract.project import ProjectFacts
from byte.model.change import Change, File, Snapshot
from byte.model.facts import ChangeFacts
from byte.model.review import Finding, Rule
from byte.review.check import FAILED, check, check_change
from byte.review.compatibility import comparisons

FENCE = re.compile(r"^```(python|toml|ini|txt|yaml|json)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MARK = re.compile(r"(?:#|<!--) finding(?::\s*(\d+))?")


class Example(msgspec.Struct):
    """One project of a page: its files, or those of base and head."""

    section: str
    head: dict[str, str]
    base: dict[str, str] | None

    @property
    def expected(self) -> dict[tuple[str, int], int]:
        out: dict[tuple[str, int], int] = {}
        for path, text in self.head.items():
            for number, line in enumerate(text.splitlines(), 1):
                mark = MARK.search(line)
                if mark:
                    out[(path, number)] = int(mark.group(1) or 1)
        return out


def examples(page: str) -> Iterator[Example]:
    """The projects of a page in their order."""
    section, current, end = "", None, 0
    for match in FENCE.finditer(page):
        between = page[end : match.start()]
        end = match.end()
        headings = re.findall(r"^## (.+)$", between, re.MULTILINE)
        section = headings[-1] if headings else section
        title = re.search(r'title="([^"]+)"', match.group(2))
        path = title.group(1) if title else "app/main.py"
        side = next((word for word in ("base", "head") if word in match.group(2).split()), None)
        if current is None or between.strip() or (side is None) != (current.base is None):
            if current is not None:
                yield current
            current = Example(section, {}, None if side is None else {})
        target = current.base if side == "base" and current.base is not None else current.head
        target[path] = match.group(3)
    if current is not None:
        yield current


def snapshot(files: Mapping[str, str], label: str = "head") -> Snapshot:
    """A snapshot in memory."""
    blobs = {path: text.encode() for path, text in sorted(files.items())}
    ids = {path: format(abs(hash((path, data))), "x") for path, data in blobs.items()}
    entries = {p: File(path=p, blob=ids[p], size=len(d)) for p, d in blobs.items()}
    return Snapshot(label=label, revision=None, files=entries, read=lambda fs: [blobs.get(f.path) for f in fs])


def facts(files: Mapping[str, str], label: str = "head") -> ProjectFacts:
    """The facts of a project in memory."""
    made = ProjectFacts.of_snapshot(snapshot(files, label), Library(Cache(None)))
    made.requirements = requirements.read(made.snapshot)
    made.judge_unused = True
    return made


def run(rule: Rule, example: Example) -> list[Finding]:
    """The rule's findings on one example."""
    head = facts(example.head)
    if rule.on is not ChangeFacts:
        return check([rule], head, {})
    base = facts(example.base or {}, "base")
    change = Change(base=base.snapshot, head=head.snapshot)
    found = affected(change, base, head)
    head.narrow(found.head_paths, found.functions)
    base.narrow(found.base_paths, found.functions)
    changed = frozenset(change.changed()) | frozenset(change.removed())
    sides = ChangeFacts(base, head, changed, {}, comparisons(base, head, {}))
    return check_change([rule], sides, {})


def failures(findings: list[Finding]) -> list[Finding]:
    """Findings that say that the rule itself raised."""
    return [f for f in findings if f.id == FAILED.id]

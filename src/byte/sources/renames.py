"""Which added file is which removed one: the same bytes first, then the most lines in common. Deterministic."""

from collections import Counter
from collections.abc import Mapping, Sequence

from byte.model.change import File, Snapshot
from byte.sources import git, paths

MOST_FILES = 200
"""How many added and how many removed files are compared by their lines."""
MOST_BYTES = 20_000_000
"""How many bytes of either side are compared."""
ALIKE = 0.5
"""The share of lines, in both files, that makes a rename."""


def renames(base: Snapshot, head: Snapshot) -> dict[str, str]:
    """Head paths of renamed Python files and the base paths that they had."""
    added = [file for path, file in head.files.items() if path not in base.files and _comparable(file)]
    removed = [file for path, file in base.files.items() if path not in head.files and _comparable(file)]
    if not added or not removed:
        return {}
    found = _exact(added, removed)
    taken = set(found.values())
    rest_added = _bounded([file for file in added if file.path not in found], removed)
    rest_removed = _bounded([file for file in removed if file.path not in taken], added)
    if rest_added and rest_removed:
        found |= _similar(_lines(head, rest_added), _lines(base, rest_removed))
    return {path: found[path] for path in sorted(found)}


def _comparable(file: File) -> bool:
    # Empty files are all alike, and there is nothing in them to follow.
    return file.size > 0 and paths.is_python(file.path) and git.readable(file)


def _exact(added: Sequence[File], removed: Sequence[File]) -> dict[str, str]:
    by_blob: dict[str, list[str]] = {}
    for file in removed:
        by_blob.setdefault(file.blob, []).append(file.path)
    pairs = [(file.path, old) for file in added for old in by_blob.get(file.blob, ())[:MOST_FILES]]
    return _matched([(1.0, new, old) for new, old in pairs])


def _similar(added: Mapping[str, Counter[bytes]], removed: Mapping[str, Counter[bytes]]) -> dict[str, str]:
    places: dict[bytes, list[tuple[str, int]]] = {}
    for old, lines in removed.items():
        for line, count in lines.items():
            places.setdefault(line, []).append((old, count))
    totals = {old: lines.total() for old, lines in removed.items()}
    pairs = []
    for new, lines in added.items():
        shared: Counter[str] = Counter()
        for line, count in lines.items():
            for old, other in places.get(line, ()):
                shared[old] += min(count, other)
        total = lines.total()
        pairs += [(same / max(total, totals[old]), new, old) for old, same in shared.items()]
    return _matched([pair for pair in pairs if pair[0] >= ALIKE])


def _matched(pairs: list[tuple[float, str, str]]) -> dict[str, str]:
    """Each path at most once: the most alike first, then the same file name, then the order of paths."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for _, new, old in sorted(pairs, key=lambda pair: (-pair[0], _name(pair[1]) != _name(pair[2]), pair[1], pair[2])):
        if new not in found and old not in taken:
            found[new] = old
            taken.add(old)
    return found


def _bounded(files: Sequence[File], others: Sequence[File]) -> list[File]:
    names = {_name(file.path) for file in others}
    chosen: list[File] = []
    total = 0
    for file in sorted(files, key=lambda file: (_name(file.path) not in names, file.path))[:MOST_FILES]:
        total += file.size
        if total > MOST_BYTES:
            break
        chosen.append(file)
    return chosen


def _lines(snapshot: Snapshot, files: Sequence[File]) -> dict[str, Counter[bytes]]:
    contents = zip(files, snapshot.read(files), strict=True)
    return {
        file.path: Counter(filter(None, map(bytes.strip, content.splitlines())))
        for file, content in contents
        if content
    }


def _name(path: str) -> str:
    return path.rpartition("/")[2]

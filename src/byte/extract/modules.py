"""Dotted module names -> files of the snapshot, without a Python path: the import roots are inferred.

A repository may hold several applications, each with its own root. An import is looked up from the folders above
the importing file: first the parent of its topmost package (what would be on `sys.path`), then the other
folders above it, nearest first, each also with `src/` inside; then, if exactly one root of the repository answers, there.
A file beside the importing one that is named like a library (`logging.py`, `redis.py`) does not hide the library.
"""

from collections.abc import Iterable
from functools import cache

from byte.extract import knowledge
from byte.extract.libraries import is_stdlib

_LIBRARIES = frozenset(
    name.partition(".")[0]
    for table in (knowledge.CANONICAL, knowledge.BASES, knowledge.RETURNS, knowledge.EFFECTS)
    for name in table
)


class Modules:
    """The Python files of a snapshot as importable modules."""

    def __init__(self, paths: Iterable[str]) -> None:
        self.paths = {p for p in paths if p.endswith((".py", ".pyi"))}
        self.folders: set[str] = set()
        for path in self.paths:
            folder = path
            while "/" in folder:
                folder = folder.rpartition("/")[0]
                if folder in self.folders:
                    break
                self.folders.add(folder)
        self._tails: dict[str, list[str]] | None = None
        self.locate = cache(self._locate)
        self.roots = cache(self._roots)

    def find(self, importer: str, module: str, level: int = 0) -> str | None:
        """The file (or `folder/` of a namespace package) that the module name means in this file."""
        if level:
            return self._relative(importer, module, level)
        return self.locate(importer.rpartition("/")[0], module)

    def submodule(self, path: str, name: str) -> str | None:
        """The file of `name` inside a package given by its `__init__.py` or `folder/`."""
        if path.endswith("/__init__.py"):
            folder = path[: -len("/__init__.py")]
        elif path == "__init__.py":
            folder = ""
        elif path.endswith("/"):
            folder = path[:-1]
        else:
            return None
        return self.at(folder, name)

    def _relative(self, importer: str, module: str, level: int) -> str | None:
        folder = importer.rpartition("/")[0]
        for _ in range(level - 1):
            if not folder:
                return None
            folder = folder.rpartition("/")[0]
        if not module:
            init = f"{folder}/__init__.py" if folder else "__init__.py"
            return init if init in self.paths else f"{folder}/"
        return self.at(folder, module)

    def at(self, folder: str, module: str) -> str | None:
        """The file (or `folder/`) of a module name looked up from this folder alone."""
        stem = module.replace(".", "/")
        base = f"{folder}/{stem}" if folder else stem
        for candidate in (f"{base}/__init__.py", f"{base}.py", f"{base}.pyi"):
            if candidate in self.paths:
                return candidate
        return f"{base}/" if base in self.folders else None

    def _roots(self, folder: str) -> tuple[str, ...]:
        """Folders to look an absolute import up in, for files of this folder."""
        chain = [folder]
        while chain[-1]:
            chain.append(chain[-1].rpartition("/")[0])
        top = 0
        while top < len(chain) - 1 and f"{chain[top]}/__init__.py" in self.paths:
            top += 1
        ordered = chain[top:] + chain[:top]
        out: list[str] = []
        for root in ordered:
            out.append(root)
            source = f"{root}/src" if root else "src"
            if source in self.folders:
                out.append(source)
        return tuple(dict.fromkeys(out))

    def _locate(self, folder: str, module: str) -> str | None:
        namespace = None
        first = module.partition(".")[0]
        foreign = first in _LIBRARIES or is_stdlib(first)
        for root in self.roots(folder):
            found = self.at(root, module)
            if found is None or (foreign and self._beside(root, first)):
                continue
            if not found.endswith("/"):
                return found
            namespace = namespace or found
        if namespace is not None:
            return namespace
        return None if foreign else self._elsewhere(module)

    def _beside(self, root: str, first: str) -> bool:
        """Whether a name that is also a library's stands there inside a package, or as a single file."""
        base = f"{root}/{first}" if root else first
        inside = f"{root}/__init__.py" in self.paths if root else False
        return inside or f"{base}.py" in self.paths or f"{base}/__init__.py" not in self.paths

    def _elsewhere(self, module: str) -> str | None:
        """The one place of the repository where this dotted name exists; None if there are none or several."""
        if "." not in module:
            return None
        if self._tails is None:
            self._tails = {}
            for path in sorted(self.paths):
                stem = path.removesuffix("/__init__.py").removesuffix(".py")
                self._tails.setdefault(stem.rpartition("/")[2], []).append(path)
        stem = module.replace(".", "/")
        hits = [
            p
            for p in self._tails.get(stem.rpartition("/")[2], ())
            if p.removesuffix("/__init__.py").removesuffix(".py").endswith("/" + stem)
        ]
        return hits[0] if len(hits) == 1 else None

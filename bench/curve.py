"""How the time of a 10-file change grows with the repository around it.

    python bench/curve.py [--sizes 40000 100000 200000 400000]

Builds a FastAPI project of about so many lines for each size (services of one shape: routers, services, models), commits
a change of 10 files, and reviews it with an empty cache (cold), with the facts of all files cached (warm: the next commit),
and with the finished review kept (again: the next format). Wall seconds of the whole process, best of three, and its
peak memory.
"""

import argparse
import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COMMAND = (sys.executable, "-c", "from byte.cli import main; main()", "review")
LINES_PER_SERVICE = 860

MODELS = """from datetime import datetime
from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base


class Thing{n}(Base):
    __tablename__ = "thing_{n}"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), index=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("owner.id"), index=True)
    created_at: Mapped[datetime]
"""

SCHEMAS = """from datetime import datetime
from pydantic import BaseModel, Field


class ThingIn{n}(BaseModel):
    name: str = Field(max_length=80)
    owner_id: int = Field(gt=0)


class ThingOut{n}(BaseModel):
    id: int
    name: str
    created_at: datetime
"""

SERVICE = """from sqlalchemy import select
from sqlalchemy.orm import Session

from app.s{n}.models import Thing{n}
from app.s{n}.schemas import ThingIn{n}


class Service{n}:
    def __init__(self, session: Session) -> None:
        self.session = session

    def listed(self, limit: int, offset: int) -> list[Thing{n}]:
        return list(self.session.scalars(select(Thing{n}).limit(limit).offset(offset)))

    def found(self, thing_id: int) -> Thing{n} | None:
        return self.session.get(Thing{n}, thing_id)
"""

METHOD = """
    def step_{i}(self, payload: ThingIn{n}, factor: int = {i}) -> int:
        total = 0
        for value in range(factor):
            if value % 2:
                total += len(payload.name) * value
            else:
                total -= payload.owner_id
        return total
"""

ROUTES = """from fastapi import APIRouter, Depends, HTTPException, Query

from app.db import get_session
from app.s{n}.schemas import ThingIn{n}, ThingOut{n}
from app.s{n}.service import Service{n}

router = APIRouter(prefix="/things-{n}", tags=["{n}"])


@router.get("", response_model=list[ThingOut{n}])
def list_things(limit: int = Query(default=20, le=100), offset: int = 0, session=Depends(get_session)):
    return Service{n}(session).listed(limit, offset)


@router.get("/{{thing_id}}", response_model=ThingOut{n})
def read_thing(thing_id: int, session=Depends(get_session)):
    thing = Service{n}(session).found(thing_id)
    if thing is None:
        raise HTTPException(404)
    return thing
"""

DB = """from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, sessionmaker

engine = create_engine("sqlite://")
SessionLocal = sessionmaker(engine)


class Base(DeclarativeBase):
    pass


def get_session():
    with SessionLocal() as session:
        yield session
"""


def build(root: Path, lines: int) -> None:
    """A project of about so many lines, with one commit and a change of 10 files on top."""
    count = max(10, lines // LINES_PER_SERVICE)
    app = root / "app"
    app.mkdir(parents=True)
    (app / "__init__.py").write_text("")
    (app / "db.py").write_text(DB)
    main = ["from fastapi import FastAPI\n"]
    main += [f"from app.s{n}.routes import router as router_{n}\n" for n in range(count)]
    main += ["\napp = FastAPI()\n", *(f"app.include_router(router_{n})\n" for n in range(count))]
    (app / "main.py").write_text("".join(main))
    for n in range(count):
        folder = app / f"s{n}"
        folder.mkdir()
        (folder / "__init__.py").write_text("")
        (folder / "models.py").write_text(MODELS.format(n=n))
        (folder / "schemas.py").write_text(SCHEMAS.format(n=n))
        methods = "".join(METHOD.format(n=n, i=i) for i in range(85))
        (folder / "service.py").write_text(SERVICE.format(n=n) + methods)
        (folder / "routes.py").write_text(ROUTES.format(n=n))
    commit(root, "base")
    for n in range(5):
        routes = app / f"s{n}" / "routes.py"
        extra = f'\n\n@router.delete("/{{thing_id}}", status_code=204)\ndef remove(thing_id: int) -> None:\n    {n}\n'
        routes.write_text(routes.read_text() + extra)
        service = app / f"s{n}" / "service.py"
        service.write_text(service.read_text() + METHOD.format(n=n, i=99))
    commit(root, "change")


def commit(root: Path, message: str) -> None:
    """Commit everything."""
    identity = ("-c", "user.name=bench", "-c", "user.email=bench@example.com", "-c", "commit.gpgsign=false")
    if not (root / ".git").exists():
        subprocess.run(["git", "init", "-q", str(root)], check=True)
    subprocess.run(["git", "-C", str(root), "add", "-A"], check=True)
    subprocess.run(["git", "-C", str(root), *identity, "commit", "-q", "-m", message], check=True)


def forget(facts: Path) -> None:
    """Leave the facts of files, take the finished reviews away."""
    with contextlib.closing(sqlite3.connect(facts)) as connection, connection:
        connection.execute("DELETE FROM facts WHERE key LIKE 'r%'")


def timed(root: Path, cache: Path) -> tuple[float, float]:
    """Wall seconds and peak megabytes of one review."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [*COMMAND, "HEAD~1..HEAD", "--repo", str(root), "--cache-dir", str(cache), "--format", "json"],
        stdout=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if os.waitstatus_to_exitcode(status) > 1:
        raise SystemExit("the review failed")
    return seconds, usage.ru_maxrss / 1024


def main() -> None:
    """Print one row a size."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[40_000, 100_000, 200_000, 400_000])
    options = parser.parse_args()
    print("| lines | files | cold | warm | again | memory |\n|---|---|---|---|---|---|")
    for size in options.sizes:
        with tempfile.TemporaryDirectory() as folder:
            root, cache = Path(folder) / "repo", Path(folder) / "cache"
            build(root, size)
            files = list(root.rglob("*.py"))
            lines = sum(p.read_bytes().count(b"\n") for p in files)
            cold = []
            for _ in range(3):
                shutil.rmtree(cache, ignore_errors=True)
                cold.append(timed(root, cache))
            warm = []
            for _ in range(3):
                forget(cache / "facts.sqlite")
                warm.append(timed(root, cache))
            again = [timed(root, cache) for _ in range(3)]
            memory = max(m for _, m in cold + warm)
            best = " | ".join(f"{min(s for s, _ in runs):.2f} s" for runs in (cold, warm, again))
            print(f"| {lines:,} | {len(files):,} | {best} | {memory:.0f} MB |", flush=True)


if __name__ == "__main__":
    main()

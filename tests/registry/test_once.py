"""kill -9 while requests with keys are answered: what was done has its answer, what has an answer was done, each once."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select

from byte.registry import once
from byte.registry.once import Answered, Once
from byte.registry.records import Service
from byte.registry.store import Store, services, tables

ROOT = Path(__file__).parents[2]
FIRST, LAST = 100, 200
WRITER = f"""
import sys
from byte.registry import once
from byte.registry.once import Answer, Answered, Once
from byte.registry.records import Service
from byte.registry.store import Store, services

store = Store.open(sys.argv[1], create=False)
for number in range({FIRST}, {LAST}):
    asked = Once("me", str(number), "", once.fingerprint(b"x"))
    try:
        with store.together(asked.begin) as all_:
            with store.writing() as write:
                services.add(write, Service(name=f"s{{number}}"))
            all_.keep(lambda write: asked.end(write, Answer(201, (), str(number).encode())))
    except Answered:
        pass
    print(number, flush=True)
"""


def killed(url: str, after: int) -> list[int]:
    """What a writer acknowledged until it was killed; it begins anew with the first."""
    command = [sys.executable, "-c", WRITER, url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        said = [int(process.stdout.readline()) for _ in range(after)]
        process.kill()
        # A line that was not finished was not said.
        return said + [int(line) for line in process.stdout.read().splitlines(keepends=True) if line.endswith("\n")]


@pytest.mark.parametrize("after", [20, pytest.param(1, marks=pytest.mark.nightly)])
def test_an_answer_and_what_it_answers_are_both_there_or_neither(database_url: str, after: int):
    acknowledged = {number for _ in range(2) for number in killed(database_url, after)}
    store = Store.open(database_url, create=False)
    with store.reading() as read:
        made = {int(name[1:]) for (name,) in read.rows(select(tables.services.c.name))}
        assert acknowledged <= made
        assert read.value(select(func.count()).select_from(tables.answers)) == len(made)
    for number in sorted(made):
        asked = Once("me", str(number), "", once.fingerprint(b"x"))
        with pytest.raises(Answered) as before, store.together(asked.begin), store.writing() as write:
            services.add(write, Service(name="never"))
        assert before.value.answer.body == str(number).encode()
    store.close()

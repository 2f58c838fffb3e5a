"""A process that edits a registry and keeps its index until it is killed: `python -m tests.registry.indexing.writer URL FILE`.

For each line that it reads, some seconds, it starts a child that does so, and kills it after them; then it says how many
edits the child has made.
"""

import itertools
import os
import random
import signal
import sys
import threading
import time
from pathlib import Path

from byte.registry import catalog, publish
from byte.registry.actors import SYSTEM
from byte.registry.errors import RegistryError
from byte.registry.indexing.keeper import Keeper
from byte.registry.store import Store
from tests.registry.indexing.world import Hashing, published, titled

SERVICES = 4


def edit_for_ever(url: str, file: Path, told: int) -> None:
    """Publishes, edits and deletes, while the index is written down again and again."""
    store = Store.open(url, create=False)
    # Written down after every change: the moment of the death falls into it often.
    keeper = Keeper(store, file, "hashing", lambda setting: Hashing(), look=0.001, save=0.0)
    threading.Thread(target=keeper.run, daemon=True).start()
    chance = random.Random(os.getpid())
    for at in itertools.count():
        name = f"s{chance.randrange(SERVICES)}"
        try:
            match chance.randrange(8):
                case 0:
                    catalog.delete_service(store, SYSTEM, name, None)
                case 1:
                    titled(store, name, f"Title {at}")
                case 2:
                    publish.move(store, SYSTEM, name, "1", "deprecated")
                case _:
                    paths = [f"/{word}/{{id}}" for word in chance.sample("abcdefghij", chance.randrange(1, 10))]
                    published(store, name, chance.choice(["1", "2", f"{os.getpid()}.{at}"]), *paths)
        except RegistryError:
            continue  # what is not there cannot be edited
        os.write(told, b"+")


def one(url: str, file: Path, seconds: float) -> int:
    """Lets a child live so long from its first edit on; how many it made."""
    read, written = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            edit_for_ever(url, file, written)
        finally:
            os._exit(1)
    os.close(written)
    made = len(os.read(read, 1))
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    while more := os.read(read, 65_536):
        made += len(more)
    os.waitpid(child, 0)
    os.close(read)
    return made


if __name__ == "__main__":
    for line in sys.stdin:
        print(one(sys.argv[1], Path(sys.argv[2]), float(line)), flush=True)

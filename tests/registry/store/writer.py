"""A process that writes until it is killed: `python -m tests.registry.store.writer URL`.

For each line that it reads it starts a child, which publishes versions with operations and events and acknowledges each
(a line of service, label, number of operations, number of the event) once the store has; "." ends the list when the child
is gone. The line says after how many acknowledgements, and how many seconds more, the child is killed ("-": not by us).
"""

import os
import select
import signal
import sys
import time

from byte.registry.errors import UnavailableError
from byte.registry.records import Event, Service, Version
from byte.registry.store import Store, events, services, versions
from tests.registry.store.made import content

SERVICES = 3


def publish_for_ever(url: str, acknowledged: int) -> None:
    store = Store.open(url, create=False)
    at = 0
    while True:
        at += 1
        service, label, number = f"s{at % SERVICES}", f"{os.getpid()}.{at}", at * 7 % 41
        try:
            with store.writing() as write:
                if services.find(write, service) is None:
                    services.add(write, Service(name=service))
                made = content(number, digest=label)
                versions.add(write, service, Version(service=service, label=label, state="active"), made)
                events.append(write, Event(type="version.published", service=service, version=label, actor="me"))
        except UnavailableError:
            return
        os.write(acknowledged, f"{service} {label} {number} {write.numbers[0]}\n".encode())


def one(url: str, enough: int, wait: float) -> None:
    read, written = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            publish_for_ever(url, written)
        finally:
            os._exit(0)
    os.close(written)
    said = b""
    until = time.monotonic() + 20
    while said.count(b"\n") < enough and time.monotonic() < until:
        if select.select([read], [], [], 0.1)[0]:
            more = os.read(read, 65_536)
            if not more:
                break
            said += more
            sys.stdout.write("+\n" if wait < 0 else "")
            sys.stdout.flush()
    if wait >= 0:
        time.sleep(wait)
        os.kill(child, signal.SIGKILL)
    while more := os.read(read, 65_536):
        said += more
    os.waitpid(child, 0)
    os.close(read)
    # A line that was not finished was not said.
    sys.stdout.write(said[: said.rfind(b"\n") + 1].decode() + ".\n")
    sys.stdout.flush()


if __name__ == "__main__":
    for line in sys.stdin:
        enough, wait = line.split()
        one(sys.argv[1], int(enough), -1.0 if wait == "-" else float(wait))

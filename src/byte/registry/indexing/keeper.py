"""Keeps an index of all operations beside the store: builds it, keeps it current, writes it down, makes it again.

One thread does all of that; searches come from any other. Every process has an index of its own and follows the events
by itself, so that replicas need not know each other.

What is on disk is never believed: it is compared with the store, service by service, before anybody is answered from it,
and what differs is made up. Where it was made by another model it goes on answering, compared and current, until the
index of the new model is whole. Without any index there is `NotReadyError`, never an empty answer.
"""

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from byte.registry.errors import NotReadyError, UnavailableError
from byte.registry.indexing.copy import Copy
from byte.registry.search.embeddings import Embedder, EmbedderError
from byte.registry.search.index import Index, IndexFileError
from byte.registry.search.patient import Patient
from byte.registry.store import Store

log: Final = logging.getLogger(__name__)

LOOK: Final = 0.25
"""Seconds between two looks at the events: what happens at another replica is found that late."""
SAVE: Final = 300.0
"""Seconds between two times that changes are written down."""
AGAIN: Final = 5.0
"""Seconds until the store is asked again after it has failed."""
EMBED_AGAIN: Final = 60.0
"""Seconds until an embedder that could not be had is tried again."""

Opened = Callable[[str], Embedder | None]
"""Opens an embedder by a setting; None where the setting is to have none. Raises `EmbedderError`."""


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """How the index is.

    - `ready`: whether searches are answered; `operations`: how many it holds; `event`: the last event that it holds.
    - `embeddings`: what its vectors are made with, "" for none; `reason`: why there are none, or not all.
    - `building`: the share of an index that is being made, None where none is; `wanted`: how many it will hold.
    """

    ready: bool
    operations: int = 0
    event: int = 0
    embeddings: str = ""
    reason: str = ""
    building: float | None = None
    wanted: int = 0

    def said(self) -> str:
        """It in a sentence, for people; "" where there is nothing to say."""
        if not self.ready and not self.building:
            return "The search index is being read, or built."
        if not self.ready and self.building == 1:
            return "The search index is being compared with the store."
        if self.building is not None:
            what = "The search index is being built" if not self.ready else "A new search index is being built"
            return f"{what}: {self.building:.0%} of {self.wanted:,} operations. {self.reason}".rstrip()
        return self.reason


class Keeper:
    """The index of a store. `file`: where it is written down, None for nowhere; `embeddings`: the setting of its model."""

    def __init__(
        self,
        store: Store,
        file: Path | None,
        embeddings: str,
        opened: Opened,
        *,
        ticks: Callable[[], float] = time.monotonic,
        look: float = LOOK,
        save: float = SAVE,
    ) -> None:
        self._look_every, self._save_every = look, save
        self._store, self._file, self._embeddings, self._opened, self._ticks = store, file, embeddings, opened, ticks
        self._stop = threading.Event()
        self._serving: Copy | None = None
        self._coming: Copy | None = None
        self._made: Copy | None = None
        self._builder: threading.Thread | None = None
        self._embedder: Patient | None = None
        self._lacking = ""
        self._next_save = self._next_embedder = 0.0

    @property
    def index(self) -> Index:
        """The index that answers. Raises `NotReadyError` until there is one."""
        serving = self._serving
        if serving is None:
            raise NotReadyError(self.status().said())
        return serving.index

    @property
    def event(self) -> int:
        """The number of the last event that the index holds."""
        serving = self._serving
        return serving.event if serving is not None else 0

    def status(self) -> Status:
        """How the index is."""
        serving, coming = self._serving, self._coming
        embedder = serving.index.embedder if serving is not None else None
        return Status(
            ready=serving is not None,
            operations=len(serving.index) if serving is not None else 0,
            event=self.event,
            embeddings=embedder.identity if embedder is not None else "",
            reason=self._lacking or _lacks(serving),
            building=_share(coming),
            wanted=coming.total if coming is not None else 0,
        )

    def stop(self) -> None:
        """Ends `run`, which writes down what has changed."""
        self._stop.set()

    def run(self) -> None:
        """Keeps the index until it is stopped. Whatever fails is logged, and tried again."""
        began = self._ticks()
        self._embedder = self._open()
        self._made = self._make(self._on_disk(self._embedder) or Copy(Index(self._embedder)))
        failures = 0
        while not self._stop.is_set():
            try:
                self._install(began)
                more = self._serving is not None and self._serving.advance(self._store)
                self._improve()
                self._look_after()
                failures = 0
            except UnavailableError as error:
                log.warning("the search index waits: %s", error)
                self._stop.wait(AGAIN)
            except Exception:  # an index that is wrong is compared anew, and made again; it does not end the thread
                log.exception("the search index failed, and is compared with the store")
                failures += 1
                self._mistrust(failures)
                self._stop.wait(AGAIN)
            else:
                if not more:
                    self._stop.wait(self._look_every)
        if self._builder is not None:
            self._builder.join()
        self._save()

    # --- where it comes from -------------------------------------------------------------------

    def _open(self) -> Patient | None:
        try:
            embedder = self._opened(self._embeddings)
        except EmbedderError as error:
            log.warning("search is by words alone: %s", error)
            self._lacking = str(error)
            return None
        else:
            self._lacking = ""
        finally:
            self._next_embedder = self._ticks() + EMBED_AGAIN
        return Patient(embedder, ticks=self._ticks) if embedder is not None else None

    def _on_disk(self, embedder: Patient | None) -> Copy | None:
        """What was written down, with the vectors of the model that made it, where that can still be had."""
        if self._file is None:
            return None
        try:
            copy, setting = Copy.load(self._file, embedder)
            if embedder is not None and copy.index.embedder is None:
                log.info("the search index was made by `%s`: it answers until the new one is built", setting)
                old = self._old(setting)
                copy = Copy.load(self._file, old)[0] if old is not None else copy
        except FileNotFoundError:
            log.info("there is no search index yet: it is built")
        except (IndexFileError, OSError) as error:
            log.warning("the search index is built anew: %s", error)
        else:
            return copy
        return None

    def _old(self, setting: str) -> Patient | None:
        """The model of an index that was made before."""
        if setting.startswith("http"):
            return None  # the key of the one that is asked now is not to be shown to another
        try:
            embedder = self._opened(setting)
        except EmbedderError:
            return None
        return Patient(embedder, ticks=self._ticks) if embedder is not None else None

    # --- making one ----------------------------------------------------------------------------

    def _make(self, copy: Copy) -> Copy | None:
        """Brings an index to where the store is; None where it was stopped before. What fails is tried again."""
        self._coming, tried = copy, 0
        while not self._stop.is_set():
            try:
                while not self._stop.is_set():
                    copy.advance(self._store)
                    if copy.complete and copy.proven(self._store):
                        copy.tidy()
                        return copy
            except UnavailableError as error:
                log.warning("the search index waits: %s", error)
            except Exception:  # what is wrong with it is not to end the thread
                log.exception("the search index failed, and is made from the beginning")
                tried += 1
                self._coming = copy = Copy(Index(self._embedder if tried < _TRIED else None))
            self._stop.wait(AGAIN)
        return None

    def _install(self, began: float) -> None:
        """An index that has been made answers from now on."""
        made, self._made = self._made, None
        if made is None:
            return
        self._coming = self._builder = None
        log.info("search answers: %d operations after %.1f s", len(made.index), self._ticks() - began)
        self._serving = made
        self._next_save = self._ticks() if made.changed else self._ticks() + self._save_every

    def _improve(self) -> None:
        """Gets what is missing: the embedder itself, vectors that it could not give, an index of its own."""
        serving, embedder = self._serving, self._embedder
        if serving is None or self._builder is not None:
            return
        has = serving.index.embedder
        if self._lacking and self._ticks() >= self._next_embedder:
            self._embedder = self._open()
        elif embedder is not None and (has is None or has.identity != embedder.identity):
            self._renew(lambda: self._fitting(embedder) or Copy(Index(embedder)))
        elif serving.bare and embedder is not None and embedder.error is None and self._ticks() >= self._next_embedder:
            self._next_embedder = self._ticks() + EMBED_AGAIN
            if embedder.works():
                serving.embed()

    def _fitting(self, embedder: Patient) -> Copy | None:
        """What was written down with a model's vectors, before the model was away."""
        found = self._on_disk(embedder)
        has = found.index.embedder if found is not None else None
        return found if has is not None and has.identity == embedder.identity else None

    def _mistrust(self, failures: int) -> None:
        if self._serving is not None:
            self._serving.doubt()
            if failures > 1 and self._builder is None:
                self._renew(lambda: Copy(Index(self._embedder)))

    def _renew(self, begun: Callable[[], Copy]) -> None:
        """Makes an index in a thread of its own: the one that answers is kept current meanwhile."""

        def make() -> None:
            self._made = self._make(begun())

        self._builder = threading.Thread(target=make, name="byte-index-new", daemon=True)
        self._builder.start()

    # --- on disk -------------------------------------------------------------------------------

    def _look_after(self) -> None:
        """Every so often, where something changed: makes it fast again, and writes it down."""
        serving = self._serving
        if serving is not None and serving.changed and self._ticks() >= self._next_save:
            self._next_save = self._ticks() + self._save_every
            serving.tidy()
            self._save()

    def _save(self) -> None:
        """Writes it down, unless it has less than what is on disk: vectors that could not be had this time."""
        serving = self._serving
        if serving is None or self._file is None or not serving.changed:
            return
        has = serving.index.embedder
        if has is None and self._lacking:
            return
        # An index that is about to be replaced is not written over.
        setting = (
            self._embeddings if has is None or self._embedder is None or has.identity == self._embedder.identity else ""
        )
        if not setting:
            return
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            serving.save(self._file, setting)
        except OSError as error:
            log.warning("the search index cannot be written to %s: %s", self._file, error.strerror or error)
        except EmbedderError as error:
            log.info("the search index is written down later: %s", error)


_TRIED: Final = 3
"""After so many failures an index is made without vectors: words are better than nothing."""


def _lacks(serving: Copy | None) -> str:
    if serving is None or not serving.bare:
        return ""
    embedder = serving.index.embedder
    said = embedder.error if isinstance(embedder, Patient) else None
    some = f"The operations of {len(serving.bare):,} services have no vectors yet."
    return f"{some} {said}" if said is not None else some


def _share(coming: Copy | None) -> float | None:
    if coming is None:
        return None
    return min(1.0, len(coming.index) / coming.total) if coming.total else 0.0

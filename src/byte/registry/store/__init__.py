"""The registry's store: the only place that knows a database.

`Store` opens one and gives transactions; a module for each kind of record has the functions that work in them.
"""

from byte.registry.store.connection import Read, Write
from byte.registry.store.store import Store

__all__ = ["Read", "Store", "Write"]

import asyncio
import threading
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import text
from starlette.responses import Response

from byte.registry.store import Store, steps
from byte.registry.store.steps import Steps
from byte.server.context import Context
from byte.server.near import Reads, short


@pytest.mark.parametrize("near", [True, False])
def test_a_short_read_takes_another_thread_only_where_the_store_is_far(store: Store, near: bool) -> None:
    asked: list[bool] = []

    @short
    def endpoint(given: Context, name: str) -> Steps[Response]:
        asked.append(threading.current_thread() is threading.main_thread())
        row = yield from steps.row(text("SELECT 1"), last=True)
        return Response(f"{name}{row}")

    if not near:
        store.took(3_600)
    given: Any = SimpleNamespace(reads=Reads(store))
    try:
        answer = asyncio.run(endpoint(given=given, name="orders"))
    finally:
        given.reads.close()
    assert (asked, answer.body) == ([near], b"orders(1,)")

import asyncio
import threading
from types import SimpleNamespace
from typing import Any, cast

import pytest
from starlette.responses import Response

from byte.server.context import Context
from byte.server.near import short


@pytest.mark.parametrize("near", [True, False])
def test_a_short_read_takes_another_thread_only_where_the_store_is_far(near: bool) -> None:
    asked: list[bool] = []

    @short
    def endpoint(given: Context, name: str) -> Response:
        asked.append(threading.current_thread() is threading.main_thread())
        return Response(name)

    given: Any = SimpleNamespace(store=SimpleNamespace(near=near, took=lambda seconds: None))
    answer = asyncio.run(endpoint(given=cast(Context, given), name="orders"))
    assert (asked, answer.body) == ([near], b"orders")

"""A small shop and a small zoo, to be searched."""

from typing import Any

from byte.registry.search.entry import Entry


def entry(service: str, name: str, summary: str = "", **given: Any) -> Entry:
    method, _, path = name.partition(" ")
    rest = bool(path)
    return Entry(
        id=given.pop("id", f"{service}|{given.get('version', '1.0')}|{name}"),
        service=service,
        service_title=given.pop("title", service.title()),
        version=given.pop("version", "1.0"),
        kind="rest" if rest else "mcp",
        name=name,
        method=method if rest else "",
        path=path,
        summary=summary,
        **given,
    )


SHOP = (
    entry("shop", "GET /orders", "List orders", tags=("orders",), owner="sales", health="up"),
    entry("shop", "POST /orders", "Create an order", tags=("orders",), owner="sales", health="up"),
    entry("shop", "GET /orders/{orderId}", "Get an order", tags=("orders",), owner="sales", health="up"),
    entry(
        "shop",
        "DELETE /orders/{orderId}",
        "Cancel an order",
        tags=("orders",),
        deprecated=True,
        owner="sales",
        health="up",
    ),
    entry(
        "shop", "POST /payments/{paymentId}/refunds", "Refund a payment", tags=("payments",), owner="sales", health="up"
    ),
    entry("shop", "GET /customers", "List customers", parameters=("pageSize", "country"), owner="sales", health="up"),
)
ZOO = (
    entry("zoo", "feed_animal", "", description="Gives an animal its meal.", owner="keepers", health="down"),
    entry("zoo", "list_animals", "", description="All animals of the zoo.", owner="keepers", health="down"),
    entry("zoo", "weather_forecast", "", description="Tomorrow's weather at the zoo.", owner="keepers", health="down"),
)
ALL = (*SHOP, *ZOO)

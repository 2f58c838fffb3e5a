"""Documents as `registry.documents` reads them, made up."""

from byte.registry.records import Component, Content, Document, Kind, Operation

METHODS = ("GET", "POST", "PUT", "DELETE")
TAGS = ("orders", "users", "billing")


def operation(at: int, *, method: str = "", tags: tuple[str, ...] | None = None, deprecated: bool = False) -> Operation:
    method = method or METHODS[at % len(METHODS)]
    path = f"/things-{at:05}/{{id}}"
    schema = {"$ref": f"#/components/schemas/Thing{at % 7}"}
    return Operation(
        id="",
        service="",
        version="",
        kind="rest",
        name=f"{method} {path}",
        method=method,
        path=path,
        operation_id=f"do{at}",
        summary=f"Does {at}",
        description=f"It does {at}, and says so.",
        tags=(TAGS[at % len(TAGS)],) if tags is None else tags,
        parameters=("id", "page"),
        deprecated=deprecated,
        body={"responses": {"200": {"description": "OK", "content": {"application/json": {"schema": schema}}}}},
    )


def content(operations: int | tuple[Operation, ...] = 4, *, digest: str = "1", kind: Kind = "rest") -> Content:
    made = (
        tuple(operation(at, deprecated=at % 10 == 9) for at in range(operations))
        if isinstance(operations, int)
        else operations
    )
    components = tuple(
        Component(
            f"#/components/schemas/Thing{at}",
            {"type": "object", "properties": {"next": {"$ref": f"#/components/schemas/Thing{at + 1}"}}},
        )
        for at in range(7)
    )
    return Content(
        kind=kind,
        format="openapi-3.1",
        name="things",
        title="Things",
        description="All things.",
        version="1.0",
        digest=f"sha256:contract-{digest}",
        document=Document(f"sha256:document-{digest}", "application/json", b'{"openapi": "3.1.0"}' * 20),
        operations=made,
        components=components,
    )

"""What a registry said about a change: whom it breaks, and what is there already."""

import msgspec


class Affected(msgspec.Struct, frozen=True, order=True, kw_only=True):
    """A consumer that a difference breaks, in one operation.

    - `fields`: those of its fields that it breaks; none where it is about the operation as a whole, or where the
      consumer does not say which fields it uses.
    - `certain`: whether what it does surely fails; else it may, depending on the values or on what it did not say.
    - `reason`: one clause about the consumer: "reads `items/price`, which was removed".
    - `evidence`: where its use is seen ("src/client.py:12").
    """

    consumer: str
    operation: str
    service: str = ""
    fields: tuple[str, ...] = ()
    certain: bool = True
    reason: str = ""
    evidence: tuple[str, ...] = ()


class Similar(msgspec.Struct, frozen=True, kw_only=True):
    """A registered operation that already does what another one is for: its score (0 to 1), and why it is taken for one."""

    service: str
    operation: str
    score: float
    reason: str = ""
    id: str = ""


class Felt(msgspec.Struct, frozen=True, kw_only=True):
    """A break, and who feels it: the kind of difference, the operations that it reaches, and the consumers."""

    id: str
    operations: tuple[str, ...]
    message: str
    consumers: tuple[Affected, ...] = ()


class Alike(msgspec.Struct, frozen=True, kw_only=True):
    """A new operation, and registered ones that already do what it is for, the best first."""

    operation: str
    found: tuple[Similar, ...]


class Consulted(msgspec.Struct, frozen=True, kw_only=True):
    """What a registry was asked for a review. `service` is the registered one that was taken for the project, None for none.

    `notices` are sentences on what could not be asked, and why.
    """

    service: str | None = None
    consumers: int = 0
    breaks: tuple[Felt, ...] = ()
    similar: tuple[Alike, ...] = ()
    notices: tuple[str, ...] = ()

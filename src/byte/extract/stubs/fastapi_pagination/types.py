from typing import Literal, Union

from pydantic import conint

Cursor = Union[str, bytes]
ParamsType = Literal["cursor", "limit-offset"]
GreaterEqualZero = conint(ge=0)
GreaterEqualOne = conint(ge=1)

import uuid
from typing import Annotated

from pydantic_core import core_schema


class _UuidVersion:
    def __init__(self, version):
        self.version = version

    def __get_pydantic_core_schema__(self, source, handler):
        return core_schema.uuid_schema(version=self.version)

    def __get_pydantic_json_schema__(self, schema, handler):
        return handler(core_schema.uuid_schema(version=self.version))


UUID6 = Annotated[uuid.UUID, _UuidVersion(6)]
UUID7 = Annotated[uuid.UUID, _UuidVersion(7)]
UUID8 = Annotated[uuid.UUID, _UuidVersion(8)]

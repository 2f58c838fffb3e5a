from typing import TypedDict

from byte_pydantic import with_config


class ConfigDict(TypedDict, total=False):
    pass


class Extra:
    allow = "allow"
    ignore = "ignore"
    forbid = "forbid"


class BaseConfig:
    pass


JsonDict = dict
JsonValue = object

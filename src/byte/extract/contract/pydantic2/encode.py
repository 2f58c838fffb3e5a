"""Evaluated values as JSON, the way Pydantic writes defaults, examples and extra keys of a schema."""

import datetime
import decimal
import enum
import math
import pathlib
import re
import uuid
from typing import TYPE_CHECKING, Any, Final

from byte.extract.contract.plain import is_large, not_known
from byte.extract.contract.pydantic2 import kinds
from byte.extract.evaluate.values import (
    EMPTY,
    Class,
    External,
    Instance,
    Place,
    Raised,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from byte.extract.contract.pydantic2.collect import Models

_BARE: Final = re.compile(r"(?:https?|wss?|ftp)://[^/?#]+")
SECRETS: Final = ("pydantic.types.SecretStr", "pydantic.types.SecretBytes", "pydantic.types.Secret")


class NotJson(Exception):  # noqa: N818 - decides what is written, no error of ours
    """A value has no JSON form, or is not known; `at` and `reason` say why it is not known."""

    def __init__(self, reason: str = "", at: Place | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.at = at


class Encoder:
    """Writes values with the configuration of the model that holds them."""

    def __init__(self, models: "Models") -> None:
        self.models = models
        self.interp = models.interp

    def encode(self, value: Value, config: dict[str, Value], depth: int = 0) -> Any:
        """The value as JSON; raises `NotJson` where it has none."""
        if depth > 40 or (not depth and is_large(value)):
            raise NotJson("it is too large to be written out", self.interp.at)
        if value is None or isinstance(value, (bool, str)):
            return value
        if isinstance(value, int):
            return int(value)
        if isinstance(value, float):
            if math.isfinite(value):
                return value
            return {"strings": str(value), "constants": value}.get(str(config.get("ser_json_inf_nan")))
        if isinstance(value, bytes):
            if config.get("ser_json_bytes") == "base64":
                raise NotJson("bytes as base64 are not written")
            try:
                return value.decode()
            except UnicodeDecodeError:
                raise NotJson from None
        if isinstance(value, dict):
            return {self.key(k, config): self.encode(v, config, depth + 1) for k, v in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.encode(v, config, depth + 1) for v in value]
        if isinstance(value, (set, frozenset)):
            items = [self.encode(v, config, depth + 1) for v in value]
            try:
                return sorted(items)
            except TypeError:
                return sorted(items, key=repr)
        if isinstance(value, Instance):
            return self._instance(value, config, depth)
        if isinstance(value, Unknown):
            raise NotJson(value.reason, value.at)
        if isinstance(value, enum.Enum):
            return value.value
        if isinstance(value, (datetime.date, datetime.time, datetime.timedelta, decimal.Decimal, uuid.UUID)):
            return self.object(value, config)
        raise NotJson

    def key(self, value: Value, config: dict[str, Value]) -> str:
        """A key of a JSON object."""
        found = self.encode(value, config)
        if found is None:
            return "None"
        if isinstance(found, bool):
            return "true" if found else "false"
        return found if isinstance(found, str) else str(found)

    def _instance(self, value: Instance, config: dict[str, Value], depth: int) -> Any:
        if "_value_" in value.attributes:
            return self.encode(value.attributes["_value_"], config, depth + 1)
        if kinds.made_by(value, *SECRETS):
            return "**********" if value.attributes.get("_secret_value") else ""
        if kinds.made_by(value, "pydantic.networks._BaseUrl", "pydantic.networks._BaseMultiHostUrl"):
            text = self.encode(value.attributes.get("_url"), config, depth + 1)
            return text + "/" if isinstance(text, str) and _BARE.fullmatch(text) else text
        if kinds.made_by(value, "re.Pattern") and isinstance(value.attributes.get("pattern"), str):
            return value.attributes["pattern"]
        if value.held is not EMPTY:
            held = value.held
            if isinstance(held, (str, int, float, bool, list, dict, tuple, set, frozenset, bytes)):
                return self.encode(held, config, depth + 1)
            return self.object(held, config)
        cls = value.cls
        if isinstance(cls, Class) and kinds.is_model(cls):
            return self._model(value, cls, depth)
        if isinstance(cls, Class) and kinds.is_dataclass(cls):
            fields = self.models.dataclass_fields(cls, self.models.dataclass_config(cls) or {})
            return {
                name: self.encode(value.attributes.get(name, EMPTY), config, depth + 1)
                for name in fields
                if name in value.attributes
            }
        if isinstance(cls, External) and cls.name != "builtins.object":
            raise NotJson(f"an object of {cls.name} is not known", value.at)
        raise NotJson

    def _model(self, value: Instance, cls: Class, depth: int) -> Any:
        fields = self.models.fields(cls)
        config = self.models.config(cls)
        if kinds.is_root_model(cls):
            return self.encode(value.attributes.get("root", EMPTY), config, depth + 1)
        out: dict[str, Any] = {}
        for name, info in fields.items():
            if info.get("exclude") or name not in value.attributes:
                continue
            alias = info.get("serialization_alias") or info.get("alias") or name
            out[alias if isinstance(alias, str) else name] = self.encode(value.attributes[name], config, depth + 1)
        for mark in self.models.marked(cls, "computed_field"):
            try:
                out[mark.name] = self.encode(self.interp.getattr(value, mark.name), config, depth + 1)
            except Raised:
                raise NotJson(f"the computed field {mark.name} is not known", mark.at) from None
        return out

    def object(self, value: Any, config: dict[str, Value]) -> Any:
        """An object of the standard library as JSON."""
        if isinstance(value, datetime.datetime):
            return value.isoformat().replace("+00:00", "Z")
        if isinstance(value, (datetime.date, datetime.time)):
            return value.isoformat()
        if isinstance(value, datetime.timedelta):
            return value.total_seconds() if config.get("ser_json_timedelta") == "float" else duration(value)
        if isinstance(value, re.Pattern):
            return self.encode(value.pattern, config)
        if isinstance(value, (decimal.Decimal, uuid.UUID, pathlib.PurePath)):
            return str(value)
        if isinstance(value, enum.Enum):
            return value.value
        raise NotJson

    def loosely(self, value: Value, config: dict[str, Value]) -> Any:
        """The value as JSON, with what is not known marked in its place."""
        if is_large(value):
            value = Unknown("a value too large to be written out", self.interp.at)
        if isinstance(value, dict):
            out: dict[str, Any] = {}
            for key, item in value.items():
                try:
                    out[self.key(key, config)] = self.loosely(item, config)
                except NotJson:
                    continue
            return out
        if isinstance(value, (list, tuple)):
            return [self.loosely(v, config) for v in value]
        try:
            return self.encode(value, config)
        except NotJson as why:
            at = why.at if why.at is not None else self.interp.at
            return not_known(why.reason or "it has no JSON form", at)


def duration(value: datetime.timedelta) -> str:
    """A time span as Pydantic writes it: `P1DT2H3M4.5S`."""
    negative = value < datetime.timedelta(0)
    value = abs(value)
    seconds = value.seconds
    hours, seconds = divmod(seconds, 3600)
    minutes, seconds = divmod(seconds, 60)
    out = "-P" if negative else "P"
    years, days = divmod(value.days, 365)
    if years:
        out += f"{years}Y"
    if days:
        out += f"{days}D"
    if hours or minutes or seconds or value.microseconds or not value.days:
        out += "T"
        if hours:
            out += f"{hours}H"
        if minutes:
            out += f"{minutes}M"
        if value.microseconds:
            out += f"{seconds}.{value.microseconds:06d}".rstrip("0") + "S"
        elif seconds or not (hours or minutes):
            out += f"{seconds}S"
    return out

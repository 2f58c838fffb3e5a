import datetime
import decimal
import pathlib
import typing
import uuid

import annotated_types
from byte_pydantic import Annotated_item


class Strict:
    def __init__(self, strict=True):
        self.strict = strict


class AllowInfNan:
    def __init__(self, allow_inf_nan=True):
        self.allow_inf_nan = allow_inf_nan


class FailFast:
    def __init__(self, fail_fast=True):
        self.fail_fast = fail_fast


class StringConstraints:
    def __init__(
        self,
        strip_whitespace=None,
        to_upper=None,
        to_lower=None,
        strict=None,
        min_length=None,
        max_length=None,
        pattern=None,
        ascii_only=None,
    ):
        self.strip_whitespace = strip_whitespace
        self.to_upper = to_upper
        self.to_lower = to_lower
        self.strict = strict
        self.min_length = min_length
        self.max_length = max_length
        self.pattern = pattern
        self.ascii_only = ascii_only


class _Known:
    """Constraints that are given by name."""

    def __init__(self, **kwargs):
        self.kwargs = kwargs


def constr(**kwargs):
    return Annotated_item(str, StringConstraints(**kwargs))


def conint(**kwargs):
    return Annotated_item(int, _Known(**kwargs))


def confloat(**kwargs):
    return Annotated_item(float, _Known(**kwargs))


def condecimal(**kwargs):
    return Annotated_item(decimal.Decimal, _Known(**kwargs))


def condate(**kwargs):
    return Annotated_item(datetime.date, _Known(**kwargs))


def conbytes(**kwargs):
    return Annotated_item(bytes, _Known(**kwargs))


def conset(item_type, *, min_length=None, max_length=None):
    return Annotated_item(set[item_type], annotated_types.Len(min_length or 0, max_length))


def confrozenset(item_type, *, min_length=None, max_length=None):
    return Annotated_item(frozenset[item_type], annotated_types.Len(min_length or 0, max_length))


def conlist(item_type, *, min_length=None, max_length=None, unique_items=None):
    return Annotated_item(list[item_type], annotated_types.Len(min_length or 0, max_length))


StrictBool = typing.Annotated[bool, Strict()]
StrictStr = typing.Annotated[str, Strict()]
StrictInt = typing.Annotated[int, Strict()]
StrictFloat = typing.Annotated[float, Strict()]
StrictBytes = typing.Annotated[bytes, Strict()]
PositiveInt = typing.Annotated[int, annotated_types.Gt(0)]
NegativeInt = typing.Annotated[int, annotated_types.Lt(0)]
NonPositiveInt = typing.Annotated[int, annotated_types.Le(0)]
NonNegativeInt = typing.Annotated[int, annotated_types.Ge(0)]
PositiveFloat = typing.Annotated[float, annotated_types.Gt(0)]
NegativeFloat = typing.Annotated[float, annotated_types.Lt(0)]
NonPositiveFloat = typing.Annotated[float, annotated_types.Le(0)]
NonNegativeFloat = typing.Annotated[float, annotated_types.Ge(0)]
FiniteFloat = typing.Annotated[float, AllowInfNan(False)]


class UuidVersion:
    def __init__(self, uuid_version):
        self.uuid_version = uuid_version


UUID1 = typing.Annotated[uuid.UUID, UuidVersion(1)]
UUID3 = typing.Annotated[uuid.UUID, UuidVersion(3)]
UUID4 = typing.Annotated[uuid.UUID, UuidVersion(4)]
UUID5 = typing.Annotated[uuid.UUID, UuidVersion(5)]
UUID6 = typing.Annotated[uuid.UUID, UuidVersion(6)]
UUID7 = typing.Annotated[uuid.UUID, UuidVersion(7)]
UUID8 = typing.Annotated[uuid.UUID, UuidVersion(8)]


class PathType:
    def __init__(self, path_type):
        self.path_type = path_type


FilePath = typing.Annotated[pathlib.Path, PathType("file")]
DirectoryPath = typing.Annotated[pathlib.Path, PathType("dir")]
NewPath = typing.Annotated[pathlib.Path, PathType("new")]
SocketPath = typing.Annotated[pathlib.Path, PathType("socket")]


class ImportString:
    @classmethod
    def __class_getitem__(cls, item):
        return Annotated_item(item, cls())


class Json:
    @classmethod
    def __class_getitem__(cls, item):
        return Annotated_item(item, cls())


SecretType = typing.TypeVar("SecretType")


class _SecretBase:
    def __init__(self, secret_value):
        self._secret_value = secret_value

    def get_secret_value(self):
        return self._secret_value

    def __str__(self):
        return "**********" if self._secret_value else ""

    def __len__(self):
        return len(self._secret_value)


class Secret(_SecretBase, typing.Generic[SecretType]):
    pass


class SecretStr(_SecretBase):
    pass


class SecretBytes(_SecretBase):
    pass


class PaymentCardNumber(str):
    pass


class ByteSize(int):
    pass


class PastDate:
    pass


class FutureDate:
    pass


class AwareDatetime:
    pass


class NaiveDatetime:
    pass


class PastDatetime:
    pass


class FutureDatetime:
    pass


class EncoderProtocol:
    pass


class Base64Encoder(EncoderProtocol):
    @classmethod
    def get_json_format(cls):
        return "base64"


class Base64UrlEncoder(EncoderProtocol):
    @classmethod
    def get_json_format(cls):
        return "base64url"


class EncodedBytes:
    def __init__(self, encoder):
        self.encoder = encoder


class EncodedStr:
    def __init__(self, encoder):
        self.encoder = encoder


Base64Bytes = typing.Annotated[bytes, EncodedBytes(encoder=Base64Encoder)]
Base64Str = typing.Annotated[str, EncodedStr(encoder=Base64Encoder)]
Base64UrlBytes = typing.Annotated[bytes, EncodedBytes(encoder=Base64UrlEncoder)]
Base64UrlStr = typing.Annotated[str, EncodedStr(encoder=Base64UrlEncoder)]


class GetPydanticSchema:
    def __init__(self, get_pydantic_core_schema=None, get_pydantic_json_schema=None):
        self.get_pydantic_core_schema = get_pydantic_core_schema
        self.get_pydantic_json_schema = get_pydantic_json_schema


class Tag:
    def __init__(self, tag):
        self.tag = tag


class Discriminator:
    def __init__(self, discriminator, custom_error_type=None, custom_error_message=None, custom_error_context=None):
        self.discriminator = discriminator


class JsonValue:
    """Any JSON value: it is written as an empty schema."""


class OnErrorOmit:
    @classmethod
    def __class_getitem__(cls, item):
        return Annotated_item(item, cls())



from datetime import date
from decimal import Decimal
from enum import Enum
from math import inf
from pathlib import Path
from typing import List, FrozenSet, Optional, Set, Union
from uuid import UUID

from byte_target import PYDANTIC

from .utils import update_not_none

NoneStr = Optional[str]
NoneBytes = Optional[bytes]
StrBytes = Union[str, bytes]
NoneStrBytes = Optional[StrBytes]
OptionalInt = Optional[int]
OptionalIntFloat = Union[OptionalInt, float]
OptionalIntFloatDecimal = Union[OptionalIntFloat, Decimal]
StrIntFloat = Union[str, int, float]


class StrictBool(int):
    @classmethod
    def __modify_schema__(cls, field_schema):
        field_schema.update(type="boolean")

    @classmethod
    def __get_validators__(cls):
        return []


class ConstrainedInt(int):
    strict = False
    gt = None
    ge = None
    lt = None
    le = None
    multiple_of = None

    @classmethod
    def __modify_schema__(cls, field_schema):
        update_not_none(
            field_schema,
            exclusiveMinimum=cls.gt,
            exclusiveMaximum=cls.lt,
            minimum=cls.ge,
            maximum=cls.le,
            multipleOf=cls.multiple_of,
        )

    @classmethod
    def __get_validators__(cls):
        return []


def conint(*, strict=False, gt=None, ge=None, lt=None, le=None, multiple_of=None):
    namespace = {"strict": strict, "gt": gt, "ge": ge, "lt": lt, "le": le, "multiple_of": multiple_of}
    return type("ConstrainedIntValue", (ConstrainedInt,), namespace)


class PositiveInt(ConstrainedInt):
    gt = 0


class NegativeInt(ConstrainedInt):
    lt = 0


class NonPositiveInt(ConstrainedInt):
    le = 0


class NonNegativeInt(ConstrainedInt):
    ge = 0


class StrictInt(ConstrainedInt):
    strict = True


class ConstrainedFloat(float):
    strict = False
    gt = None
    ge = None
    lt = None
    le = None
    multiple_of = None
    allow_inf_nan = None

    @classmethod
    def __modify_schema__(cls, field_schema):
        update_not_none(
            field_schema,
            exclusiveMinimum=cls.gt,
            exclusiveMaximum=cls.lt,
            minimum=cls.ge,
            maximum=cls.le,
            multipleOf=cls.multiple_of,
        )
        if PYDANTIC >= (1, 10):
            if field_schema.get("exclusiveMinimum") == -inf:
                del field_schema["exclusiveMinimum"]
            if field_schema.get("minimum") == -inf:
                del field_schema["minimum"]
            if field_schema.get("exclusiveMaximum") == inf:
                del field_schema["exclusiveMaximum"]
            if field_schema.get("maximum") == inf:
                del field_schema["maximum"]

    @classmethod
    def __get_validators__(cls):
        return []


def confloat(*, strict=False, gt=None, ge=None, lt=None, le=None, multiple_of=None, allow_inf_nan=None):
    namespace = {"strict": strict, "gt": gt, "ge": ge, "lt": lt, "le": le, "multiple_of": multiple_of}
    return type("ConstrainedFloatValue", (ConstrainedFloat,), namespace)


class PositiveFloat(ConstrainedFloat):
    gt = 0


class NegativeFloat(ConstrainedFloat):
    lt = 0


class NonPositiveFloat(ConstrainedFloat):
    le = 0


class NonNegativeFloat(ConstrainedFloat):
    ge = 0


class StrictFloat(ConstrainedFloat):
    strict = True


class FiniteFloat(ConstrainedFloat):
    allow_inf_nan = False


class ConstrainedBytes(bytes):
    strip_whitespace = False
    min_length = None
    max_length = None
    strict = False

    @classmethod
    def __modify_schema__(cls, field_schema):
        update_not_none(field_schema, minLength=cls.min_length, maxLength=cls.max_length)

    @classmethod
    def __get_validators__(cls):
        return []


def conbytes(*, strip_whitespace=False, to_upper=False, to_lower=False, min_length=None, max_length=None, strict=False):
    return type("ConstrainedBytesValue", (ConstrainedBytes,), {"min_length": min_length, "max_length": max_length})


class StrictBytes(ConstrainedBytes):
    strict = True


class ConstrainedStr(str):
    strip_whitespace = False
    min_length = None
    max_length = None
    curtail_length = None
    regex = None
    strict = False

    @classmethod
    def __modify_schema__(cls, field_schema):
        pattern = cls.regex
        if hasattr(pattern, "pattern"):
            pattern = pattern.pattern
        update_not_none(field_schema, minLength=cls.min_length, maxLength=cls.max_length, pattern=pattern)

    @classmethod
    def __get_validators__(cls):
        return []


def constr(*, strip_whitespace=False, to_upper=False, to_lower=False, strict=False, min_length=None, max_length=None,
           curtail_length=None, regex=None):
    namespace = {"strict": strict, "min_length": min_length, "max_length": max_length, "regex": regex}
    return type("ConstrainedStrValue", (ConstrainedStr,), namespace)


class StrictStr(ConstrainedStr):
    strict = True


class ConstrainedSet(set):
    item_type = None
    min_items = None
    max_items = None

    @classmethod
    def __get_validators__(cls):
        return []

    @classmethod
    def __modify_schema__(cls, field_schema):
        update_not_none(field_schema, minItems=cls.min_items, maxItems=cls.max_items)


def conset(item_type, *, min_items=None, max_items=None):
    namespace = {"item_type": Set[item_type], "min_items": min_items, "max_items": max_items}
    return type("ConstrainedSetValue", (ConstrainedSet,), namespace)


class ConstrainedFrozenSet(frozenset):
    item_type = None
    min_items = None
    max_items = None

    @classmethod
    def __get_validators__(cls):
        return []

    @classmethod
    def __modify_schema__(cls, field_schema):
        update_not_none(field_schema, minItems=cls.min_items, maxItems=cls.max_items)


def confrozenset(item_type, *, min_items=None, max_items=None):
    namespace = {"item_type": FrozenSet[item_type], "min_items": min_items, "max_items": max_items}
    return type("ConstrainedFrozenSetValue", (ConstrainedFrozenSet,), namespace)


class ConstrainedList(list):
    item_type = None
    min_items = None
    max_items = None
    unique_items = None

    @classmethod
    def __get_validators__(cls):
        return []

    @classmethod
    def __modify_schema__(cls, field_schema):
        update_not_none(field_schema, minItems=cls.min_items, maxItems=cls.max_items, uniqueItems=cls.unique_items)


def conlist(item_type, *, min_items=None, max_items=None, unique_items=None):
    namespace = {
        "item_type": List[item_type],
        "min_items": min_items,
        "max_items": max_items,
        "unique_items": unique_items,
    }
    return type("ConstrainedListValue", (ConstrainedList,), namespace)


class PyObject:
    validate_always = True

    @classmethod
    def __get_validators__(cls):
        return []


class ConstrainedDecimal(Decimal):
    gt = None
    ge = None
    lt = None
    le = None
    max_digits = None
    decimal_places = None
    multiple_of = None

    @classmethod
    def __modify_schema__(cls, field_schema):
        update_not_none(
            field_schema,
            exclusiveMinimum=cls.gt,
            exclusiveMaximum=cls.lt,
            minimum=cls.ge,
            maximum=cls.le,
            multipleOf=cls.multiple_of,
        )

    @classmethod
    def __get_validators__(cls):
        return []


def condecimal(*, gt=None, ge=None, lt=None, le=None, max_digits=None, decimal_places=None, multiple_of=None):
    namespace = {"gt": gt, "ge": ge, "lt": lt, "le": le, "multiple_of": multiple_of}
    return type("ConstrainedDecimalValue", (ConstrainedDecimal,), namespace)


class UUID1(UUID):
    _required_version = 1

    @classmethod
    def __modify_schema__(cls, field_schema):
        field_schema.update(type="string", format="uuid" + str(cls._required_version))


class UUID3(UUID1):
    _required_version = 3


class UUID4(UUID1):
    _required_version = 4


class UUID5(UUID1):
    _required_version = 5


class FilePath(Path):
    @classmethod
    def __modify_schema__(cls, field_schema):
        field_schema.update(format="file-path")

    @classmethod
    def __get_validators__(cls):
        return []


class DirectoryPath(Path):
    @classmethod
    def __modify_schema__(cls, field_schema):
        field_schema.update(format="directory-path")

    @classmethod
    def __get_validators__(cls):
        return []


class JsonWrapper:
    inner_type = None


class Json:
    @classmethod
    def __class_getitem__(cls, item):
        return type("JsonWrapperValue", (JsonWrapper,), {"inner_type": item})

    @classmethod
    def __modify_schema__(cls, field_schema):
        field_schema.update(type="string", format="json-string")


class SecretField:
    def __init__(self, value):
        self._secret_value = value

    def get_secret_value(self):
        return self._secret_value

    def __str__(self):
        return "**********"

    @classmethod
    def __get_validators__(cls):
        return []


class SecretStr(SecretField):
    min_length = None
    max_length = None

    @classmethod
    def __modify_schema__(cls, field_schema):
        update_not_none(
            field_schema,
            type="string",
            writeOnly=True,
            format="password",
            minLength=cls.min_length,
            maxLength=cls.max_length,
        )


class SecretBytes(SecretField):
    min_length = None
    max_length = None

    @classmethod
    def __modify_schema__(cls, field_schema):
        update_not_none(
            field_schema,
            type="string",
            writeOnly=True,
            format="password",
            minLength=cls.min_length,
            maxLength=cls.max_length,
        )


class PaymentCardBrand(str, Enum):
    amex = "American Express"
    mastercard = "Mastercard"
    visa = "Visa"
    other = "other"


class PaymentCardNumber(str):
    @classmethod
    def __get_validators__(cls):
        return []


class ByteSize(int):
    @classmethod
    def __get_validators__(cls):
        return []


class PastDate(date):
    @classmethod
    def __get_validators__(cls):
        return []


class FutureDate(date):
    @classmethod
    def __get_validators__(cls):
        return []


class ConstrainedDate(date):
    gt = None
    ge = None
    lt = None
    le = None

    @classmethod
    def __modify_schema__(cls, field_schema):
        update_not_none(
            field_schema, exclusiveMinimum=cls.gt, exclusiveMaximum=cls.lt, minimum=cls.ge, maximum=cls.le
        )

    @classmethod
    def __get_validators__(cls):
        return []


def condate(*, gt=None, ge=None, lt=None, le=None):
    return type("ConstrainedDateValue", (ConstrainedDate,), {"gt": gt, "ge": ge, "lt": lt, "le": le})

__all__ = [
    "NoneStr",
    "NoneBytes",
    "StrBytes",
    "NoneStrBytes",
    "StrictStr",
    "ConstrainedBytes",
    "conbytes",
    "ConstrainedList",
    "conlist",
    "ConstrainedSet",
    "conset",
    "ConstrainedFrozenSet",
    "confrozenset",
    "ConstrainedStr",
    "constr",
    "PyObject",
    "ConstrainedInt",
    "conint",
    "PositiveInt",
    "NegativeInt",
    "NonNegativeInt",
    "NonPositiveInt",
    "ConstrainedFloat",
    "confloat",
    "PositiveFloat",
    "NegativeFloat",
    "NonNegativeFloat",
    "NonPositiveFloat",
    "FiniteFloat",
    "ConstrainedDecimal",
    "condecimal",
    "UUID1",
    "UUID3",
    "UUID4",
    "UUID5",
    "FilePath",
    "DirectoryPath",
    "Json",
    "JsonWrapper",
    "SecretField",
    "SecretStr",
    "SecretBytes",
    "StrictBool",
    "StrictBytes",
    "StrictInt",
    "StrictFloat",
    "PaymentCardNumber",
    "ByteSize",
    "PastDate",
    "FutureDate",
    "ConstrainedDate",
    "condate",
]

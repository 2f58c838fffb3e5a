from .utils import update_not_none


class AnyUrl(str):
    strip_whitespace = True
    min_length = 1
    max_length = 2**16
    allowed_schemes = None
    tld_required = False
    user_required = False
    host_required = True

    @classmethod
    def __modify_schema__(cls, field_schema):
        update_not_none(field_schema, minLength=cls.min_length, maxLength=cls.max_length, format="uri")

    @classmethod
    def __get_validators__(cls):
        return []


class AnyHttpUrl(AnyUrl):
    pass


class HttpUrl(AnyHttpUrl):
    tld_required = True
    max_length = 2083


class FileUrl(AnyUrl):
    host_required = False


class MultiHostDsn(AnyUrl):
    pass


class PostgresDsn(MultiHostDsn):
    user_required = True


class CockroachDsn(AnyUrl):
    user_required = True


class AmqpDsn(AnyUrl):
    host_required = False


class RedisDsn(AnyUrl):
    host_required = False


class MongoDsn(AnyUrl):
    pass


class KafkaDsn(AnyUrl):
    pass


def stricturl(*, strip_whitespace=True, min_length=1, max_length=2**16, tld_required=True, host_required=True,
              allowed_schemes=None):
    namespace = {
        "strip_whitespace": strip_whitespace,
        "min_length": min_length,
        "max_length": max_length,
        "tld_required": tld_required,
        "host_required": host_required,
        "allowed_schemes": allowed_schemes,
    }
    return type("UrlValue", (AnyUrl,), namespace)


class EmailStr(str):
    @classmethod
    def __modify_schema__(cls, field_schema):
        field_schema.update(type="string", format="email")

    @classmethod
    def __get_validators__(cls):
        return []


class NameEmail:
    def __init__(self, name, email):
        self.name = name
        self.email = email

    @classmethod
    def __modify_schema__(cls, field_schema):
        field_schema.update(type="string", format="name-email")

    @classmethod
    def __get_validators__(cls):
        return []


class IPvAnyAddress:
    @classmethod
    def __modify_schema__(cls, field_schema):
        field_schema.update(type="string", format="ipvanyaddress")

    @classmethod
    def __get_validators__(cls):
        return []


class IPvAnyInterface:
    @classmethod
    def __modify_schema__(cls, field_schema):
        field_schema.update(type="string", format="ipvanyinterface")

    @classmethod
    def __get_validators__(cls):
        return []


class IPvAnyNetwork:
    @classmethod
    def __modify_schema__(cls, field_schema):
        field_schema.update(type="string", format="ipvanynetwork")

    @classmethod
    def __get_validators__(cls):
        return []


def validate_email(value):
    return "", value

__all__ = [
    "AnyUrl",
    "AnyHttpUrl",
    "FileUrl",
    "HttpUrl",
    "stricturl",
    "EmailStr",
    "NameEmail",
    "IPvAnyAddress",
    "IPvAnyInterface",
    "IPvAnyNetwork",
    "PostgresDsn",
    "CockroachDsn",
    "AmqpDsn",
    "RedisDsn",
    "MongoDsn",
    "KafkaDsn",
    "validate_email",
]

class UrlConstraints:
    def __init__(
        self,
        max_length=None,
        allowed_schemes=None,
        host_required=None,
        default_host=None,
        default_port=None,
        default_path=None,
        preserve_empty_path=None,
    ):
        self.max_length = max_length
        self.allowed_schemes = allowed_schemes
        self.host_required = host_required
        self.default_host = default_host
        self.default_port = default_port
        self.default_path = default_path


class _BaseUrl:
    _constraints = UrlConstraints()

    def __init__(self, url):
        self._url = str(url)

    def __str__(self):
        return self._url

    def unicode_string(self):
        return self._url

    def encoded_string(self):
        return self._url

    @classmethod
    def build(cls, *, scheme, username=None, password=None, host="", port=None, path=None, query=None, fragment=None, **kw):
        url = f"{scheme}://"
        if username:
            url += username
            if password:
                url += f":{password}"
            url += "@"
        url += host
        if port:
            url += f":{port}"
        if path:
            url += f"/{path}"
        if query:
            url += f"?{query}"
        if fragment:
            url += f"#{fragment}"
        return cls(url)


class _BaseMultiHostUrl(_BaseUrl):
    pass


class AnyUrl(_BaseUrl):
    pass


class AnyHttpUrl(AnyUrl):
    _constraints = UrlConstraints(allowed_schemes=["http", "https"])


class HttpUrl(AnyUrl):
    _constraints = UrlConstraints(max_length=2083, allowed_schemes=["http", "https"])


class AnyWebsocketUrl(AnyUrl):
    _constraints = UrlConstraints(allowed_schemes=["ws", "wss"])


class WebsocketUrl(AnyUrl):
    _constraints = UrlConstraints(max_length=2083, allowed_schemes=["ws", "wss"])


class FileUrl(AnyUrl):
    pass


class FtpUrl(AnyUrl):
    pass


class PostgresDsn(_BaseMultiHostUrl):
    pass


class CockroachDsn(AnyUrl):
    pass


class AmqpDsn(AnyUrl):
    pass


class RedisDsn(AnyUrl):
    pass


class MongoDsn(_BaseMultiHostUrl):
    pass


class KafkaDsn(AnyUrl):
    pass


class NatsDsn(_BaseMultiHostUrl):
    pass


class MySQLDsn(AnyUrl):
    pass


class MariaDBDsn(AnyUrl):
    pass


class ClickHouseDsn(AnyUrl):
    pass


class SnowflakeDsn(AnyUrl):
    pass


class EmailStr:
    pass


class NameEmail:
    def __init__(self, name, email):
        self.name = name
        self.email = email


class IPvAnyAddress:
    pass


class IPvAnyInterface:
    pass


class IPvAnyNetwork:
    pass


def validate_email(value):
    return value.partition("@")[0], value


def import_email_validator():
    return None

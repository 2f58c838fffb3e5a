class HTTPConnection:
    pass


class Request(HTTPConnection):
    pass


class ClientDisconnect(Exception):
    pass

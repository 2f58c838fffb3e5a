class HTTPXOAuthError(Exception):
    pass


class GetIdEmailError(HTTPXOAuthError):
    pass


class GetProfileError(HTTPXOAuthError):
    pass

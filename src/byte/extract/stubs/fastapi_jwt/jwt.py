from fastapi import Security
from fastapi.security import APIKeyCookie, HTTPBearer


class JwtAuthorizationCredentials:
    def __init__(self, subject, jti=None):
        self.subject = subject
        self.jti = jti


class JwtAuthBase:
    class JwtAccessCookie(APIKeyCookie):
        def __init__(self, *args, **kwargs):
            super().__init__(name="access_token_cookie", auto_error=False)

    class JwtRefreshCookie(APIKeyCookie):
        def __init__(self, *args, **kwargs):
            super().__init__(name="refresh_token_cookie", auto_error=False)

    class JwtAccessBearer(HTTPBearer):
        def __init__(self, *args, **kwargs):
            super().__init__(auto_error=False)

    class JwtRefreshBearer(HTTPBearer):
        def __init__(self, *args, **kwargs):
            super().__init__(auto_error=False)

    def __init__(self, secret_key, *args, **options):
        self.secret_key = secret_key


_access_bearer = JwtAuthBase.JwtAccessBearer()
_access_cookie = JwtAuthBase.JwtAccessCookie()
_refresh_bearer = JwtAuthBase.JwtRefreshBearer()
_refresh_cookie = JwtAuthBase.JwtRefreshCookie()


class JwtAccessBearer(JwtAuthBase):
    async def __call__(self, bearer=Security(_access_bearer)):
        pass


class JwtAccessCookie(JwtAuthBase):
    async def __call__(self, cookie=Security(_access_cookie)):
        pass


class JwtAccessBearerCookie(JwtAuthBase):
    async def __call__(self, bearer=Security(_access_bearer), cookie=Security(_access_cookie)):
        pass


class JwtRefreshBearer(JwtAuthBase):
    async def __call__(self, bearer=Security(_refresh_bearer)):
        pass


class JwtRefreshCookie(JwtAuthBase):
    async def __call__(self, cookie=Security(_refresh_cookie)):
        pass


class JwtRefreshBearerCookie(JwtAuthBase):
    async def __call__(self, bearer=Security(_refresh_bearer), cookie=Security(_refresh_cookie)):
        pass

from fastapi.security import OAuth2PasswordBearer, SecurityScopes
from starlette.requests import Request


class LoginManager(OAuth2PasswordBearer):
    def __init__(self, secret, token_url, algorithm="HS256", use_cookie=False, use_header=True, **options):
        self.secret = secret
        self.algorithm = algorithm
        super().__init__(tokenUrl=token_url, auto_error=False, scopes=options.get("scopes"))

    def user_loader(self, *args, **kwargs):
        def decorator(callback):
            return callback

        if args and callable(args[0]) and not kwargs and len(args) == 1:
            return args[0]
        return decorator

    async def __call__(self, request: Request, security_scopes: SecurityScopes = None):
        pass

    async def optional(self, request: Request, security_scopes: SecurityScopes = None):
        pass

    def attach_middleware(self, app):
        pass

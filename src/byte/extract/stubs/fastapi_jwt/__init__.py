from fastapi_jwt.jwt import (
    JwtAccessBearer,
    JwtAccessBearerCookie,
    JwtAccessCookie,
    JwtAuthBase,
    JwtAuthorizationCredentials,
    JwtRefreshBearer,
    JwtRefreshBearerCookie,
    JwtRefreshCookie,
)

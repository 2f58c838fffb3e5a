from fastapi_jwt_auth.auth_jwt import AuthJWT

from fastapi.security import OAuth2PasswordBearer
from fastapi_users.authentication.transport.base import Transport, TransportLogoutNotSupportedError
from pydantic import BaseModel


class BearerResponse(BaseModel):
    access_token: str
    token_type: str


class BearerTransport(Transport):
    def __init__(self, tokenUrl):
        self.scheme = OAuth2PasswordBearer(tokenUrl, auto_error=False)

    @staticmethod
    def get_openapi_login_responses_success():
        token = (
            "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJ1c2VyX2lkIjoiOTIyMWZmYzktNjQwZi00MzcyLTg2ZDMtY2U2NDJjYmE1NjAzIiwi"
            "YXVkIjoiZmFzdGFwaS11c2VyczphdXRoIiwiZXhwIjoxNTcxNTA0MTkzfQ.M10bjOe45I5Ncu_uXvOmVV8QxnL-nZfcH96U90JaocI"
        )
        example = {"access_token": token, "token_type": "bearer"}
        return {200: {"model": BearerResponse, "content": {"application/json": {"example": example}}}}

    @staticmethod
    def get_openapi_logout_responses_success():
        return {}

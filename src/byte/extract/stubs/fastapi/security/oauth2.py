from typing import Annotated, Optional, Union

from byte_target import FASTAPI
from fastapi.openapi.models import OAuth2 as OAuth2Model
from fastapi.openapi.models import OAuthFlows as OAuthFlowsModel
from fastapi.param_functions import Form
from fastapi.security.base import SecurityBase
from starlette.requests import Request

_GRANT = "^password$" if FASTAPI >= (0, 115, 8) else "password"

if FASTAPI >= (0, 115, 13):

    class OAuth2PasswordRequestForm:
        def __init__(
            self,
            *,
            grant_type: Annotated[Union[str, None], Form(pattern="^password$")] = None,
            username: Annotated[str, Form()],
            password: Annotated[str, Form(json_schema_extra={"format": "password"})],
            scope: Annotated[str, Form()] = "",
            client_id: Annotated[Union[str, None], Form()] = None,
            client_secret: Annotated[Union[str, None], Form(json_schema_extra={"format": "password"})] = None,
        ):
            self.grant_type = grant_type
            self.username = username
            self.password = password
            self.scopes = scope.split()
            self.client_id = client_id
            self.client_secret = client_secret

elif FASTAPI >= (0, 100):

    class OAuth2PasswordRequestForm:
        def __init__(
            self,
            *,
            grant_type: Annotated[Union[str, None], Form(pattern=_GRANT)] = None,
            username: Annotated[str, Form()],
            password: Annotated[str, Form()],
            scope: Annotated[str, Form()] = "",
            client_id: Annotated[Union[str, None], Form()] = None,
            client_secret: Annotated[Union[str, None], Form()] = None,
        ):
            self.grant_type = grant_type
            self.username = username
            self.password = password
            self.scopes = scope.split()
            self.client_id = client_id
            self.client_secret = client_secret

else:

    class OAuth2PasswordRequestForm:
        def __init__(
            self,
            grant_type: str = Form(default=None, regex="password"),
            username: str = Form(),
            password: str = Form(),
            scope: str = Form(default=""),
            client_id: Optional[str] = Form(default=None),
            client_secret: Optional[str] = Form(default=None),
        ):
            self.grant_type = grant_type
            self.username = username
            self.password = password
            self.scopes = scope.split()
            self.client_id = client_id
            self.client_secret = client_secret


if FASTAPI >= (0, 100):

    class OAuth2PasswordRequestFormStrict(OAuth2PasswordRequestForm):
        def __init__(
            self,
            grant_type: Annotated[str, Form(pattern=_GRANT)],
            username: Annotated[str, Form()],
            password: Annotated[str, Form()],
            scope: Annotated[str, Form()] = "",
            client_id: Annotated[Union[str, None], Form()] = None,
            client_secret: Annotated[Union[str, None], Form()] = None,
        ):
            self.grant_type = grant_type
            self.username = username
            self.password = password
            self.scopes = scope.split()
            self.client_id = client_id
            self.client_secret = client_secret

else:

    class OAuth2PasswordRequestFormStrict(OAuth2PasswordRequestForm):
        def __init__(
            self,
            grant_type: str = Form(regex="password"),
            username: str = Form(),
            password: str = Form(),
            scope: str = Form(default=""),
            client_id: Optional[str] = Form(default=None),
            client_secret: Optional[str] = Form(default=None),
        ):
            self.grant_type = grant_type
            self.username = username
            self.password = password
            self.scopes = scope.split()
            self.client_id = client_id
            self.client_secret = client_secret


class OAuth2(SecurityBase):
    def __init__(self, *, flows=OAuthFlowsModel(), scheme_name=None, description=None, auto_error=True):
        self.model = OAuth2Model(flows=flows, description=description)
        self.scheme_name = scheme_name or self.__class__.__name__
        self.auto_error = auto_error

    async def __call__(self, request: Request) -> str | None:
        return None


class OAuth2PasswordBearer(OAuth2):
    def __init__(
        self, tokenUrl, scheme_name=None, scopes=None, description=None, auto_error=True, refreshUrl=None
    ):
        flows = OAuthFlowsModel(
            password={"tokenUrl": tokenUrl, "refreshUrl": refreshUrl, "scopes": {} if scopes is None else scopes}
        )
        super().__init__(flows=flows, scheme_name=scheme_name, description=description, auto_error=auto_error)


class OAuth2AuthorizationCodeBearer(OAuth2):
    def __init__(
        self,
        authorizationUrl,
        tokenUrl,
        refreshUrl=None,
        scheme_name=None,
        scopes=None,
        description=None,
        auto_error=True,
    ):
        flows = OAuthFlowsModel(
            authorizationCode={
                "authorizationUrl": authorizationUrl,
                "tokenUrl": tokenUrl,
                "refreshUrl": refreshUrl,
                "scopes": {} if scopes is None else scopes,
            }
        )
        super().__init__(flows=flows, scheme_name=scheme_name, description=description, auto_error=auto_error)


class SecurityScopes:
    def __init__(self, scopes=None):
        self.scopes = scopes or []
        self.scope_str = " ".join(self.scopes)

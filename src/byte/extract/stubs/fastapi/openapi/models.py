from enum import Enum

import byte_fastapi


class BaseModelWithConfig:
    def __init__(self, **data):
        byte_fastapi.store(self, data)


class SecuritySchemeType(Enum):
    apiKey = "apiKey"
    http = "http"
    oauth2 = "oauth2"
    openIdConnect = "openIdConnect"


class APIKeyIn(Enum):
    query = "query"
    header = "header"
    cookie = "cookie"


class SecurityBase(BaseModelWithConfig):
    description = None


class APIKey(SecurityBase):
    type_ = SecuritySchemeType.apiKey


class HTTPBase(SecurityBase):
    type_ = SecuritySchemeType.http


class HTTPBearer(HTTPBase):
    scheme = "bearer"
    bearerFormat = None


class OAuthFlow(BaseModelWithConfig):
    refreshUrl = None

    def __init__(self, **data):
        self.scopes = {}
        byte_fastapi.store(self, data)


class OAuthFlowImplicit(OAuthFlow):
    pass


class OAuthFlowPassword(OAuthFlow):
    pass


class OAuthFlowClientCredentials(OAuthFlow):
    pass


class OAuthFlowAuthorizationCode(OAuthFlow):
    pass


class OAuthFlows(BaseModelWithConfig):
    implicit = None
    password = None
    clientCredentials = None
    authorizationCode = None


class OAuth2(SecurityBase):
    type_ = SecuritySchemeType.oauth2


class OpenIdConnect(SecurityBase):
    type_ = SecuritySchemeType.openIdConnect


Example = dict

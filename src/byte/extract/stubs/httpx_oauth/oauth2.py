from typing import Any, Dict, Generic, TypeVar

from httpx_oauth.exceptions import HTTPXOAuthError

T = TypeVar("T")


class OAuth2Error(HTTPXOAuthError):
    pass


class GetAccessTokenError(OAuth2Error):
    pass


class RefreshTokenError(OAuth2Error):
    pass


class OAuth2Token(Dict[str, Any]):
    pass


class BaseOAuth2(Generic[T]):
    def __init__(self, client_id, client_secret, *endpoints, name="oauth2", base_scopes=None, **options):
        self.client_id = client_id
        self.client_secret = client_secret
        # The name may be given in its place, after the endpoints.
        self.name = endpoints[4] if len(endpoints) > 4 else name
        self.base_scopes = endpoints[5] if len(endpoints) > 5 else base_scopes


class OAuth2(BaseOAuth2[Dict[str, Any]]):
    pass

from typing import Any, Dict

from httpx_oauth.oauth2 import BaseOAuth2

BASE_SCOPES = ["openid", "email"]


class OpenIDConfigurationError(Exception):
    pass


class OpenID(BaseOAuth2[Dict[str, Any]]):
    def __init__(self, client_id, client_secret, openid_configuration_endpoint, name="openid", base_scopes=BASE_SCOPES):
        super().__init__(client_id, client_secret, name=name, base_scopes=base_scopes)

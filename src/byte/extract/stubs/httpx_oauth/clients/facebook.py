from typing import Any, Dict

from httpx_oauth.oauth2 import BaseOAuth2


class FacebookOAuth2(BaseOAuth2[Dict[str, Any]]):
    def __init__(self, client_id, client_secret, scopes=None, name="facebook"):
        super().__init__(client_id, client_secret, name=name, base_scopes=scopes)

from typing import Any, Dict

from httpx_oauth.oauth2 import BaseOAuth2


class MicrosoftGraphOAuth2(BaseOAuth2[Dict[str, Any]]):
    def __init__(self, client_id, client_secret, tenant="common", scopes=None, name="microsoft"):
        super().__init__(client_id, client_secret, name=name, base_scopes=scopes)

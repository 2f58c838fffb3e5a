from httpx_oauth.clients.openid import BASE_SCOPES, OpenID


class OktaOAuth2(OpenID):
    def __init__(self, client_id, client_secret, okta_domain, scopes=BASE_SCOPES, name="okta"):
        super().__init__(client_id, client_secret, "", name=name, base_scopes=scopes)

from fastapi.security import OAuth2AuthorizationCodeBearer, SecurityScopes
from fastapi.security.base import SecurityBase
from starlette.requests import HTTPConnection


class AzureAuthorizationCodeBearerBase(SecurityBase):
    def __init__(
        self,
        app_client_id,
        auto_error=True,
        tenant_id=None,
        scopes=None,
        multi_tenant=False,
        openapi_authorization_url=None,
        openapi_token_url=None,
        openapi_description=None,
        scheme_name="AzureAuthorizationCodeBearerBase",
        **options,
    ):
        place = f"https://login.microsoftonline.com/{'common' if multi_tenant else tenant_id}/oauth2/v2.0"
        self.auto_error = auto_error
        self.app_client_id = app_client_id
        self.multi_tenant = multi_tenant
        self.authorization_url = openapi_authorization_url or f"{place}/authorize"
        self.token_url = openapi_token_url or f"{place}/token"
        self.oauth = OAuth2AuthorizationCodeBearer(
            authorizationUrl=self.authorization_url,
            tokenUrl=self.token_url,
            scopes=scopes,
            scheme_name=scheme_name,
            description=openapi_description or "`Leave client_secret blank`",
            auto_error=True,
        )
        self.model = self.oauth.model
        self.scheme_name = scheme_name

    async def __call__(self, request: HTTPConnection, security_scopes: SecurityScopes):
        pass


class SingleTenantAzureAuthorizationCodeBearer(AzureAuthorizationCodeBearerBase):
    def __init__(
        self,
        app_client_id,
        tenant_id,
        auto_error=True,
        scopes=None,
        scheme_name="AzureAD_PKCE_single_tenant",
        **options,
    ):
        super().__init__(
            app_client_id, auto_error, tenant_id=tenant_id, scopes=scopes, scheme_name=scheme_name, **options
        )


class MultiTenantAzureAuthorizationCodeBearer(AzureAuthorizationCodeBearerBase):
    def __init__(self, app_client_id, auto_error=True, scopes=None, scheme_name="AzureAD_PKCE_multi_tenant", **options):
        super().__init__(
            app_client_id, auto_error, scopes=scopes, multi_tenant=True, scheme_name=scheme_name, **options
        )


class B2CMultiTenantAuthorizationCodeBearer(AzureAuthorizationCodeBearerBase):
    def __init__(
        self, app_client_id, auto_error=True, scopes=None, scheme_name="AzureAD_PKCE_B2C_multi_tenant", **options
    ):
        super().__init__(
            app_client_id, auto_error, scopes=scopes, multi_tenant=True, scheme_name=scheme_name, **options
        )

import byte_fastapi

swagger_ui_default_parameters = {}


def get_swagger_ui_html(**kwargs):
    return byte_fastapi.response


def get_redoc_html(**kwargs):
    return byte_fastapi.response


def get_swagger_ui_oauth2_redirect_html():
    return byte_fastapi.response

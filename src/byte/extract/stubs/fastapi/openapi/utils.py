import byte_fastapi


def get_openapi(
    *,
    title,
    version,
    openapi_version=None,
    summary=None,
    description=None,
    routes,
    webhooks=None,
    tags=None,
    servers=None,
    terms_of_service=None,
    contact=None,
    license_info=None,
    separate_input_output_schemas=True,
    external_docs=None,
):
    return byte_fastapi.get_openapi(
        title=title,
        version=version,
        openapi_version=openapi_version or byte_fastapi.openapi_version(),
        summary=summary,
        description=description,
        routes=routes,
        webhooks=webhooks,
        tags=tags,
        servers=servers,
        terms_of_service=terms_of_service,
        contact=contact,
        license_info=license_info,
        separate_input_output_schemas=separate_input_output_schemas,
        external_docs=external_docs,
    )

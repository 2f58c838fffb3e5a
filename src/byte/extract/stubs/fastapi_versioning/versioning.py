from fastapi import FastAPI


def version(major, minor=0):
    def decorator(func):
        func._api_version = (major, minor)
        return func

    return decorator


def VersionedFastAPI(
    app,
    version_format="{major}.{minor}",
    prefix_format="/v{major}_{minor}",
    default_version=(1, 0),
    enable_latest=False,
    **options,
):
    """The routes are mounted by version, out of the document of the application that this makes."""
    parent_app = FastAPI(title=app.title, **options)
    by_version = {}
    for route in app.routes:
        key = getattr(route.endpoint, "_api_version", default_version)
        by_version[key] = [*by_version.get(key, []), route]
    unique_routes = {}
    versioned_app = None
    for key in sorted(by_version):
        major, minor = key
        prefix = prefix_format.format(major=major, minor=minor)
        semver = version_format.format(major=major, minor=minor)
        for route in by_version[key]:
            for method in route.methods:
                unique_routes[route.path + "|" + method] = route
        versioned_app = FastAPI(title=app.title, description=app.description, version=semver)
        versioned_app.router.routes.extend(unique_routes.values())
        parent_app.mount(prefix, versioned_app)

        @parent_app.get(f"{prefix}/openapi.json", name=semver, tags=["Versions"])
        @parent_app.get(f"{prefix}/docs", name=semver, tags=["Documentations"])
        def noop() -> None: ...

    if enable_latest:
        parent_app.mount("/latest", versioned_app)
    return parent_app

from fastapi.routing import APIRoute


def simplify_operation_ids(app):
    for route in app.routes:
        if isinstance(route, APIRoute):
            route.operation_id = route.name

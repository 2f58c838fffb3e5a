import re

from fastapi.datastructures import DefaultPlaceholder


def generate_unique_id(route):
    operation_id = f"{route.name}{route.path_format}"
    operation_id = re.sub(r"\W", "_", operation_id)
    return f"{operation_id}_{list(route.methods)[0].lower()}"


def generate_operation_id_for_path(*, name, path, method):
    operation_id = re.sub(r"\W", "_", f"{name}{path}")
    return f"{operation_id}_{method.lower()}"


def get_value_or_default(first_item, *extra_items):
    for item in (first_item, *extra_items):
        if not isinstance(item, DefaultPlaceholder):
            return item
    return first_item


def is_body_allowed_for_status_code(status_code):
    return status_code not in (204, 205, 304)


def get_path_param_names(path):
    return set(re.findall("{(.*?)}", path))

def _joined(text):
    """Separators inside are dropped and the letter after them is a capital."""
    out = ""
    pending = ""
    for char in text:
        if char in "-_":
            pending += char
        elif pending and out and out[-1] not in "-_":
            out += char.upper()
            pending = ""
        else:
            out += pending + char
            pending = ""
    return out + pending


def camelize(value):
    if not isinstance(value, str):
        return value
    if value.isupper() or value.isnumeric():
        return value
    if len(value) != 0 and not value[:2].isupper():
        value = value[0].lower() + value[1:]
    return _joined(value)


def pascalize(value):
    if not isinstance(value, str):
        return value
    if value.isupper() or value.isnumeric():
        return value
    text = camelize(value)
    return text[0].upper() + text[1:] if text else text


def _separated(value, separator):
    out = ""
    for index, char in enumerate(value):
        if char in "-_":
            out += separator
            continue
        before = value[index - 1] if index else ""
        after = value[index + 1] if index + 1 < len(value) else ""
        if char.isupper() and before and before not in "-_" and (not before.isupper() or after.islower()):
            out += separator
        out += char
    return out.lower()


def decamelize(value):
    if not isinstance(value, str) or value.isupper() or value.isnumeric():
        return value
    return _separated(value, "_")


def depascalize(value):
    return decamelize(value)


def kebabize(value):
    if not isinstance(value, str) or value.isnumeric():
        return value
    return _separated(value, "-")


def dekebabize(value):
    return value.replace("-", "_") if isinstance(value, str) else value


def is_camelcase(value):
    return value == camelize(value)


def is_pascalcase(value):
    return value == pascalize(value)


def is_snakecase(value):
    return value == decamelize(value)

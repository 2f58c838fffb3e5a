"""stringcase: names in other cases."""


def _joined(string):
    out = ""
    upper = False
    for char in string:
        if char in "-_. ":
            upper = True
        elif upper:
            out += char.upper()
            upper = False
        else:
            out += char
    return out


def camelcase(string):
    while string and string[0] in "-_.":
        string = string[1:]
    return string[0].lower() + _joined(string[1:]) if string else ""


def pascalcase(string):
    found = camelcase(string)
    return found[0].upper() + found[1:] if found else ""


capitalcase = pascalcase


def snakecase(string):
    out = ""
    for index, char in enumerate(string.replace("-", "_").replace(".", "_").replace(" ", "_")):
        out += "_" + char.lower() if char.isupper() and index else char.lower()
    return out


def spinalcase(string):
    return snakecase(string).replace("_", "-")

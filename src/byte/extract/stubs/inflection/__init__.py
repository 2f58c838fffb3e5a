"""inflection: names in other cases."""


def camelize(string, uppercase_first_letter=True):
    if uppercase_first_letter:
        out = ""
        upper = True
        for char in string:
            if char == "_":
                upper = True
            elif upper:
                out += char.upper()
                upper = False
            else:
                out += char
        return out
    return string[0].lower() + camelize(string)[1:] if string else string


def underscore(word):
    out = ""
    word = word.replace("-", "_")
    for index, char in enumerate(word):
        before = word[index - 1] if index else ""
        after = word[index + 1] if index + 1 < len(word) else ""
        if char.isupper() and before and before != "_" and (not before.isupper() or after.islower()):
            out += "_"
        out += char
    return out.lower()


def dasherize(word):
    return word.replace("_", "-")

class URL:
    def __init__(self, url="", scope=None, **components):
        self._url = url

    def __str__(self):
        return self._url


class Address:
    pass


class Headers:
    pass


class MutableHeaders(Headers):
    pass


class QueryParams:
    pass


class ImmutableMultiDict:
    pass


class FormData(ImmutableMultiDict):
    pass


class State:
    pass


class Secret:
    def __init__(self, value):
        self._value = value

    def __str__(self):
        return self._value

    def __bool__(self):
        return bool(self._value)


class CommaSeparatedStrings:
    def __init__(self, value):
        if isinstance(value, str):
            self._items = [item.strip() for item in value.split(",")]
        else:
            self._items = list(value)

    def __len__(self):
        return len(self._items)

    def __getitem__(self, index):
        return self._items[index]

    def __iter__(self):
        return iter(self._items)


class UploadFile:
    pass

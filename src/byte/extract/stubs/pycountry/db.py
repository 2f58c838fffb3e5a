class Data:
    def __init__(self, **fields):
        for name, value in fields.items():
            setattr(self, name, value)


class Country(Data):
    pass


class Currency(Data):
    pass


class Database(list):
    def get(self, *, default=None, **wanted):
        for name, value in wanted.items():
            for item in self:
                if getattr(item, name) == value:
                    return item
        return default

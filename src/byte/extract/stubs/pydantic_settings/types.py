class NoDecode:
    pass


class ForceDecode:
    pass

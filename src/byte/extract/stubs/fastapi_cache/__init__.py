class FastAPICache:
    @classmethod
    def init(cls, backend, *args, **options):
        pass

    @classmethod
    def reset(cls):
        pass

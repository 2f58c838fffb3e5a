class FastAPILimiter:
    @classmethod
    async def init(cls, *args, **options):
        pass

    @staticmethod
    async def close():
        pass

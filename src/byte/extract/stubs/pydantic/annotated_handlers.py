class GetJsonSchemaHandler:
    pass


class GetCoreSchemaHandler:
    pass

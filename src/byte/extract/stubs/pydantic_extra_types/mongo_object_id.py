from pydantic_extra_types._written import Text


class MongoObjectId(Text):
    OBJECT_ID_LENGTH = 24
    _constraints = {"min_length": 24, "max_length": 24}

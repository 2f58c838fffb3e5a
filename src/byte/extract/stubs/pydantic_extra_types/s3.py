from pydantic_extra_types._written import Text


class S3Path(Text):
    _constraints = {"pattern": r"^s3://([^/]+)/(.*?([^/]+)/?)$"}

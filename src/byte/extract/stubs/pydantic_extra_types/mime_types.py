from pydantic_extra_types._written import Text


class MimeType(Text):
    _written = {"pattern": r"^[a-zA-Z0-9][a-zA-Z0-9!#$&\-\^_+.]+/[a-zA-Z0-9][a-zA-Z0-9!#$&\-\^_+.]+$"}

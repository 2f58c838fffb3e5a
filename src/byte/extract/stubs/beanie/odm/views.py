from pydantic import BaseModel


class View(BaseModel):
    pass


class UnionDoc:
    pass

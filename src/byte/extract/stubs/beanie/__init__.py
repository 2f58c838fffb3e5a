from beanie.odm.documents import Document
from beanie.odm.fields import BackLink, Indexed, Link, PydanticObjectId
from beanie.odm.views import UnionDoc, View


async def init_beanie(**options):
    pass


def _action(*args, **options):
    def decorator(function):
        return function

    return decorator


before_event = _action
after_event = _action

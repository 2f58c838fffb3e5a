from inspect import Parameter, Signature

from fastapi import Depends


def health(conditions, **options):
    async def endpoint(**dependencies):
        pass

    kind = Parameter.POSITIONAL_OR_KEYWORD
    endpoint.__signature__ = Signature(
        [Parameter(c.__name__, kind=kind, annotation=bool, default=Depends(c)) for c in conditions]
    )
    return endpoint

from fastapi import params


def Path(*args, **options):
    return params.Path(*args, **options)


def Query(*args, **options):
    return params.Query(*args, **options)


def Header(*args, **options):
    return params.Header(*args, **options)


def Cookie(*args, **options):
    return params.Cookie(*args, **options)


def Body(*args, **options):
    return params.Body(*args, **options)


def Form(*args, **options):
    return params.Form(*args, **options)


def File(*args, **options):
    return params.File(*args, **options)


def Depends(dependency=None, *, use_cache=True, scope=None, **extra):
    return params.Depends(dependency, use_cache=use_cache, scope=scope)


def Security(dependency=None, *, scopes=None, use_cache=True, **extra):
    return params.Security(dependency, scopes=scopes, use_cache=use_cache)

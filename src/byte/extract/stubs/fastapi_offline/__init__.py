from fastapi import FastAPI


def FastAPIOffline(docs_url="/docs", redoc_url="/redoc", *, favicon_url=None, static_url=None, **options):
    return FastAPI(**options)

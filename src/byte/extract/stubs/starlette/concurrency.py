async def run_in_threadpool(func, *args, **kwargs):
    return func(*args, **kwargs)


async def iterate_in_threadpool(iterator):
    for item in iterator:
        yield item

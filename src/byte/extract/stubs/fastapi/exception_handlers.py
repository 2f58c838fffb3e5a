async def http_exception_handler(request, exc):
    pass


async def request_validation_exception_handler(request, exc):
    pass


async def websocket_request_validation_exception_handler(websocket, exc):
    pass

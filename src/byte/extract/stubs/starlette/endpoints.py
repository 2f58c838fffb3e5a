class HTTPEndpoint:
    pass


class WebSocketEndpoint:
    pass

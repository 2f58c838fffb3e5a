class HTTPException(Exception):
    def __init__(self, status_code=500, detail=None, headers=None):
        self.status_code = status_code
        self.detail = detail
        self.headers = headers


class WebSocketException(Exception):
    def __init__(self, code=1008, reason=None):
        self.code = code
        self.reason = reason or ""

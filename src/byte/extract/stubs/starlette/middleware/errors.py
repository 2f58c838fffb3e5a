class ServerErrorMiddleware:
    def __init__(self, app, *args, **kwargs):
        self.app = app

import byte_fastapi


class Jinja2Templates:
    def __init__(self, directory=None, **options):
        self.directory = directory
        self.env = byte_fastapi.environment

    def TemplateResponse(self, *args, **kwargs):
        return byte_fastapi.response

class ServerSentEvent:
    def __init__(self, data=None, **options):
        self.data = data


class JSONServerSentEvent(ServerSentEvent):
    pass

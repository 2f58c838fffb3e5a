class BackgroundTask:
    def __init__(self, func, *args, **kwargs):
        self.func = func


class BackgroundTasks(BackgroundTask):
    def __init__(self, tasks=None):
        self.tasks = [] if tasks is None else list(tasks)

    def add_task(self, func, *args, **kwargs):
        pass

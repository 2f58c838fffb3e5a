from dependency_injector.providers import Object, Provider


class WiringConfiguration:
    def __init__(self, modules=None, packages=None, from_package=None, auto_wire=True, keep_cache=False, **options):
        self.modules = modules
        self.packages = packages


class Container:
    def __init__(self, **overriding_providers):
        for name, value in overriding_providers.items():
            given = value if isinstance(value, Provider) else Object(value)
            known = getattr(self, name, None)
            if isinstance(known, Provider):
                known.override(given)
            else:
                setattr(self, name, given)

    @property
    def providers(self):
        return {name: value for name, value in self.__class__.__dict__.items() if isinstance(value, Provider)}

    def wire(self, modules=None, packages=None, from_package=None, **options):
        pass

    def unwire(self):
        pass

    def init_resources(self, *args):
        pass

    def shutdown_resources(self, *args):
        pass

    def reset_singletons(self):
        pass

    def check_dependencies(self):
        pass

    def override_providers(self, **overriding_providers):
        for name, value in overriding_providers.items():
            getattr(self, name).override(value)


class DynamicContainer(Container):
    pass


class DeclarativeContainer(Container):
    pass


def override(container):
    def decorator(cls):
        return cls

    return decorator


def copy(container):
    def decorator(cls):
        for name, value in container.__dict__.items():
            if isinstance(value, Provider) and name not in cls.__dict__:
                setattr(cls, name, value)
        return cls

    return decorator

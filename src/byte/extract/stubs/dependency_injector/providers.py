"""Providers: objects that make other objects when they are called."""


def _given(value):
    return value() if isinstance(value, Provider) else value


class Provider:
    def __init__(self, provides=None, *args, **kwargs):
        self._replaced = None
        self.cls = provides
        self.args = args
        self.kwargs = kwargs

    # What calls a provider sees no more of its parameters.
    def __call__(self, *args, **kwargs):
        if self._replaced is not None:
            return self._replaced(*args, **kwargs)
        return self._provide(args, kwargs)

    def _provide(self, args, kwargs):
        own = [_given(value) for value in self.args]
        named = {name: _given(value) for name, value in self.kwargs.items()}
        named.update(kwargs)
        return _given(self.cls)(*own, *args, **named)

    @property
    def provider(self):
        return Object(self)

    @property
    def provided(self):
        return ProvidedInstance(self)

    @property
    def provides(self):
        return self.cls

    def override(self, provider):
        self._replaced = provider if isinstance(provider, Provider) else Object(provider)
        return self

    def reset_override(self):
        self._replaced = None

    def add_args(self, *args):
        self.args = (*self.args, *args)
        return self

    def add_kwargs(self, **kwargs):
        self.kwargs = {**self.kwargs, **kwargs}
        return self

    def add_attributes(self, **kwargs):
        return self


class Object(Provider):
    def _provide(self, args, kwargs):
        return self.cls


class Self(Provider):
    def _provide(self, args, kwargs):
        return self


class Delegate(Object):
    pass


class Dependency(Provider):
    def __init__(self, instance_of=object, default=None):
        super().__init__(default)

    def _provide(self, args, kwargs):
        return _given(self.cls)


class ExternalDependency(Dependency):
    pass


class DependenciesContainer(Provider):
    def __init__(self, **dependencies):
        super().__init__()
        for name, value in dependencies.items():
            setattr(self, name, value)

    def __getattr__(self, name):
        return Dependency()


class Callable(Provider):
    pass


class DelegatedCallable(Callable):
    pass


class Coroutine(Callable):
    pass


class Factory(Provider):
    pass


class DelegatedFactory(Factory):
    pass


class AbstractFactory(Factory):
    pass


class Aggregate(Provider):
    def __init__(self, provider_dict=None, **providers):
        super().__init__()
        self.providers = {**(provider_dict or {}), **providers}

    def _provide(self, args, kwargs):
        return self.providers[args[0]](*args[1:], **kwargs)

    def __getattr__(self, name):
        return self.providers[name]


class FactoryAggregate(Aggregate):
    pass


class BaseSingleton(Provider):
    def __init__(self, provides=None, *args, **kwargs):
        super().__init__(provides, *args, **kwargs)
        self.made = []

    def _provide(self, args, kwargs):
        if not self.made:
            self.made.append(super()._provide(args, kwargs))
        return self.made[0]

    def reset(self):
        self.made = []


class Singleton(BaseSingleton):
    pass


class DelegatedSingleton(Singleton):
    pass


class ThreadSafeSingleton(Singleton):
    pass


class ThreadLocalSingleton(Singleton):
    pass


class ContextLocalSingleton(Singleton):
    pass


class Resource(Singleton):
    def init(self, *args, **kwargs):
        return self()

    def shutdown(self):
        pass


class List(Provider):
    def __init__(self, *args):
        super().__init__(None, *args)

    def _provide(self, args, kwargs):
        return [*(_given(value) for value in self.args), *args]


class Dict(Provider):
    def __init__(self, dict_=None, **kwargs):
        super().__init__(None)
        self.items = {**(dict_ or {}), **kwargs}

    def _provide(self, args, kwargs):
        return {**{name: _given(value) for name, value in self.items.items()}, **kwargs}


class Selector(Provider):
    def __init__(self, selector=None, **providers):
        super().__init__(selector)
        self.providers = providers

    def _provide(self, args, kwargs):
        return self.providers[_given(self.cls)](*args, **kwargs)

    def __getattr__(self, name):
        return self.providers[name]


class ProvidedInstance(Provider):
    def __init__(self, source, steps=()):
        super().__init__(source)
        self.steps = steps

    def __getattr__(self, name):
        return ProvidedInstance(self.cls, (*self.steps, ("attribute", name, {})))

    def __getitem__(self, name):
        return ProvidedInstance(self.cls, (*self.steps, ("item", name, {})))

    def call(self, *args, **kwargs):
        return ProvidedInstance(self.cls, (*self.steps, ("call", args, kwargs)))

    def _provide(self, args, kwargs):
        value = self.cls()
        for kind, what, named in self.steps:
            if kind == "attribute":
                value = getattr(value, what)
            elif kind == "item":
                value = value[what]
            else:
                value = value(*(_given(a) for a in what), **named)
        return value


class Container(Provider):
    def __init__(self, container_cls=None, container=None, **overriding_providers):
        super().__init__(container_cls)
        self.container = container if container is not None else container_cls(**overriding_providers)

    def __getattr__(self, name):
        return getattr(self.container, name)

    def _provide(self, args, kwargs):
        return self.container


class ConfigurationOption(Provider):
    def __init__(self, root, path, convert=None):
        super().__init__()
        self.root = root
        self.path = path
        self.convert = convert

    def __getattr__(self, name):
        return ConfigurationOption(self.root, (*self.path, name))

    def __getitem__(self, name):
        return ConfigurationOption(self.root, (*self.path, _given(name)))

    def _provide(self, args, kwargs):
        value = self.root.data
        for part in self.path:
            value = value.get(part) if isinstance(value, dict) else None
        return value if self.convert is None or value is None else self.convert(value)

    def as_int(self):
        return ConfigurationOption(self.root, self.path, int)

    def as_float(self):
        return ConfigurationOption(self.root, self.path, float)

    def as_(self, callback, *args, **kwargs):
        return ConfigurationOption(self.root, self.path, callback)

    def required(self):
        return self

    def from_value(self, value):
        data = self.root.data
        for part in self.path[:-1]:
            data = data.setdefault(part, {})
        data[self.path[-1]] = value

    def from_dict(self, options, required=None):
        self.from_value(options)

    def from_env(self, name, default=None, required=None, as_=None):
        import os

        value = os.getenv(name, default)
        self.from_value(value if as_ is None or value is None else as_(value))


class Configuration(ConfigurationOption):
    def __init__(self, name="config", default=None, strict=False, yaml_files=(), json_files=(), ini_files=(), **options):
        super().__init__(self, ())
        self.data = dict(default or {})
        for path in yaml_files:
            self.from_yaml(path)
        for path in json_files:
            self.from_json(path)

    def from_dict(self, options, required=None):
        self.data.update(options)

    def from_value(self, value):
        self.data = value

    def update(self, value):
        self.data.update(value)

    def set(self, selector, value):
        ConfigurationOption(self, tuple(selector.split("."))).from_value(value)

    def from_yaml(self, filepath, required=None, loader=None, envs_required=None):
        import yaml

        with open(filepath) as file:
            self.data.update(yaml.safe_load(file) or {})

    def from_json(self, filepath, required=None, envs_required=None):
        import json

        with open(filepath) as file:
            self.data.update(json.load(file))

    def from_pydantic(self, settings, required=None, **options):
        if hasattr(settings, "model_dump"):
            self.data.update(settings.model_dump(mode="python"))
        else:
            self.data.update(settings.dict())

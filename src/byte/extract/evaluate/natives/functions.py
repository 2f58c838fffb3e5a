"""functools, itertools, operator, copy, contextlib, collections, types, dataclasses, abc, warnings, logging."""

import itertools
from typing import Any, Final

from byte.extract.evaluate.equality import held_by
from byte.extract.evaluate.natives.base import (
    MOST_ITEMS,
    Interp,
    NativeFunction,
    argument,
    constant,
    decided,
    guarded_table,
    known,
    listed,
    make,
    size,
    unknown,
)
from byte.extract.evaluate.natives.builtins import comparable, iterator, pairs, power
from byte.extract.evaluate.natives.methods import same
from byte.extract.evaluate.values import (
    EMPTY,
    Bound,
    Class,
    ClassMethod,
    Function,
    Instance,
    Native,
    Partial,
    Property,
    StaticMethod,
    Unknown,
    Value,
    external,
)

MISSING: Final = external("dataclasses.MISSING")

# --- functools ---------------------------------------------------------------------------------

_COPIED: Final = ("__module__", "__name__", "__qualname__", "__doc__", "__annotations__")


def attributes_of(value: Value) -> dict[str, Value] | None:
    """Where a function, or an object like one, keeps the attributes that code sets on it."""
    if isinstance(value, (StaticMethod, ClassMethod)):
        return attributes_of(value.function)
    if isinstance(value, Class):
        return value.namespace
    if isinstance(value, Bound):
        return attributes_of(value.function)
    if isinstance(value, (Function, Native, Partial, Instance, Property)):
        return value.attributes
    return None


def update_wrapper(interp: Interp, wrapper: Value, wrapped: Value, assigned: tuple[str, ...] = _COPIED) -> Value:
    """What `functools.update_wrapper` does."""
    target = attributes_of(wrapper)
    if target is None or isinstance(wrapped, Unknown):
        return wrapper
    for name in assigned:
        if name == "__annotations__":
            continue  # the signature follows `__wrapped__`
        found = interp.getattr_or(wrapped, name, EMPTY)
        if found is not EMPTY and not isinstance(found, Unknown):
            target[name] = found
    source = attributes_of(wrapped)
    if source is not None and not isinstance(wrapped, (Class, Instance)):
        for name, value in source.items():
            if name not in _COPIED and not name.startswith("__memo"):
                target.setdefault(name, value)
    target["__wrapped__"] = wrapped
    return wrapper


def _assigned(interp: Interp, args: list[Value], kwargs: dict[str, Value], position: int) -> tuple[str, ...]:
    given = argument(args, kwargs, position, "assigned")
    return _COPIED if given is EMPTY else tuple(listed(interp, given))


def _wraps(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    wrapped = argument(args, kwargs, 0, "wrapped")
    assigned = _assigned(interp, args, kwargs, 1)
    return Native("functools.wraps", lambda i, a, k: update_wrapper(i, a[0], wrapped, assigned))


def _update_wrapper(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    wrapper, wrapped = argument(args, kwargs, 0, "wrapper"), argument(args, kwargs, 1, "wrapped")
    return update_wrapper(interp, wrapper, wrapped, _assigned(interp, args, kwargs, 2))


def _partial(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    function = args[0]
    if isinstance(function, Partial):
        return Partial(function.function, [*function.args, *args[1:]], {**function.keywords, **kwargs})
    return Partial(function, args[1:], kwargs)


def remembering(function: Value) -> Value:
    """A function whose results are kept: the same function, marked."""
    if isinstance(function, Function):
        function.attributes.setdefault("__memo__", [])
        function.attributes.setdefault("cache_clear", Native("cache_clear", _nothing))
    return function


def _lru_cache(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    if args and isinstance(args[0], (Function, Bound, Native, Class, Partial, StaticMethod, ClassMethod)):
        return remembering(args[0])
    return Native("functools.lru_cache", lambda i, a, k: remembering(a[0]))


def _cached_property(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return Property(args[0], cached=True)


def _reduce(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    items = listed(interp, args[1])
    if len(args) > 2:
        items = [args[2], *items]
    if not items:
        raise interp.exception("TypeError", "reduce() of empty iterable with no initial value")
    total = items[0]
    for item in items[1:]:
        total = interp.call(args[0], [total, item], {})
    return total


def _singledispatch(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    function = args[0]
    attributes = attributes_of(function)
    if attributes is not None:
        attributes["register"] = Native("register", _register)
    return function


def _register(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    if len(args) > 1:
        return args[1]
    if isinstance(args[0], Function):
        return args[0]
    return Native("register", lambda i, a, k: a[0])


def _total_ordering(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return args[0]


def _nothing(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return None


def _cmp_to_key(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return Native("functools.cmp_to_key", lambda i, a, k: unknown(i, "the order of objects is not known"))


# --- itertools ---------------------------------------------------------------------------------


def _chain(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return size(interp, [v for a in args for v in listed(interp, a)])


def _from_iterable(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return _chain(interp, listed(interp, args[0]), {})


def _product(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    rows = [listed(interp, a) for a in args] * min(constant(interp, kwargs.get("repeat", 1)), 100)
    total = 1
    for row in rows:
        total *= len(row)
        if total > MOST_ITEMS:
            return unknown(interp, f"the product has more than {MOST_ITEMS} items")
    return list(itertools.product(*rows))


def _islice(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return list(itertools.islice(listed(interp, args[0]), *[constant(interp, a) for a in args[1:]]))


def _repeat(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    times = argument(args, kwargs, 1, "times")
    if times is EMPTY:
        return unknown(interp, "it repeats without end")
    return [args[0]] * min(constant(interp, times), MOST_ITEMS)


def _zip_longest(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return list(itertools.zip_longest(*[listed(interp, a) for a in args], fillvalue=kwargs.get("fillvalue")))


def _groupby(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    key = argument(args, kwargs, 1, "key", None)
    out: list[tuple[Value, list[Value]]] = []
    for item in listed(interp, args[0]):
        mark = item if key is None else interp.call(key, [item], {})
        known(interp, mark)
        if out and same(out[-1][0], mark):
            out[-1][1].append(item)
        else:
            out.append((mark, [item]))
    return out


def _accumulate(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    function = argument(args, kwargs, 1, "func", None)
    out: list[Value] = []
    for item in listed(interp, args[0]):
        if not out:
            out.append(item)
        elif function is None:
            out.append(size(interp, constant(interp, out[-1]) + constant(interp, item)))
        else:
            out.append(interp.call(function, [out[-1], item], {}))
    return out


def _starmap(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return [interp.call(args[0], listed(interp, row), {}) for row in listed(interp, args[1])]


def _combinations(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    found = itertools.combinations(listed(interp, args[0]), constant(interp, argument(args, kwargs, 1, "r")))
    return _bounded(interp, found)


def _permutations(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    length = argument(args, kwargs, 1, "r", None)
    return _bounded(interp, itertools.permutations(listed(interp, args[0]), length))


def _bounded(interp: Interp, found: Any) -> Value:
    return size(interp, list(itertools.islice(found, MOST_ITEMS + 1)))


def _takewhile(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    out = []
    for item in listed(interp, args[1]):
        if not decided(interp, interp.call(args[0], [item], {})):
            break
        out.append(item)
    return out


def _dropwhile(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    items = listed(interp, args[1])
    return items[len(_takewhile(interp, args, kwargs)) :]


def _filterfalse(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    items = listed(interp, args[1])
    return [v for v in items if not decided(interp, v if args[0] is None else interp.call(args[0], [v], {}))]


def _pairwise(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return list(itertools.pairwise(listed(interp, args[0])))


def _tee(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    items = listed(interp, args[0])
    return tuple(iterator(interp, items) for _ in range(min(constant(interp, argument(args, kwargs, 1, "n", 2)), 100)))


# --- operator ----------------------------------------------------------------------------------


def _attrgetter(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    names = [constant(interp, a) for a in args]

    def get(i: Interp, a: list[Value], k: dict[str, Value]) -> Value:
        found = []
        for name in names:
            value = a[0]
            for part in name.split("."):
                value = i.getattr(value, part)
            found.append(value)
        return found[0] if len(found) == 1 else tuple(found)

    return Native("operator.attrgetter", get)


def _itemgetter(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    def get(i: Interp, a: list[Value], k: dict[str, Value]) -> Value:
        found = [i.subscript(a[0], key) for key in args]
        return found[0] if len(found) == 1 else tuple(found)

    return Native("operator.itemgetter", get)


def _methodcaller(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    name = constant(interp, args[0])
    return Native("operator.methodcaller", lambda i, a, k: i.call(i.getattr(a[0], name), args[1:], kwargs))


def _or(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    left, right = held_by(args[0]), held_by(args[1])
    if isinstance(left, (int, dict, set, frozenset)) and isinstance(right, (int, dict, set, frozenset)):
        return left | right  # type: ignore[operator]  # Python's own TypeError is the code's
    return interp.subscript(external("typing.Union"), (args[0], args[1]))


def _add(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    left, right = held_by(known(interp, args[0])), held_by(known(interp, args[1]))
    return size(interp, left + right)


def _mul(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    left, right = constant(interp, args[0]), constant(interp, args[1])
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        return size(interp, left * right)
    return unknown(interp, "the product of texts is not evaluated")


def _sub(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return constant(interp, args[0]) - constant(interp, args[1])


def _pow(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return power(interp, constant(interp, args[0]), constant(interp, args[1]))


def _eq(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return same(known(interp, args[0]), known(interp, args[1]))


def _ne(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return not same(known(interp, args[0]), known(interp, args[1]))


def _lt(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return bool(comparable(interp, args[0]) < comparable(interp, args[1]))


def _gt(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return bool(comparable(interp, args[0]) > comparable(interp, args[1]))


def _not(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return not decided(interp, args[0])


# --- copy --------------------------------------------------------------------------------------


def shallow(value: Value) -> Value:
    """`copy.copy(value)`."""
    if isinstance(value, Instance):
        return _cloned(value)
    return value.copy() if isinstance(value, (list, dict, set)) else value


def _cloned(value: Instance) -> Instance:
    new = Instance(value.cls, value.at, value.conditions)
    new.attributes = dict(value.attributes)
    new.held = shallow(value.held)
    return new


def deep(value: Value, done: dict[int, Value]) -> Value:
    """`copy.deepcopy(value)`: containers and objects anew, classes and functions as they are."""
    if id(value) in done:
        return done[id(value)]
    if len(done) > MOST_ITEMS:
        raise ValueError("a copy with too many parts")
    new: Value
    if isinstance(value, list):
        new = done[id(value)] = []
        new.extend(deep(v, done) for v in value)
    elif isinstance(value, dict):
        new = done[id(value)] = value.copy()
        new.clear()
        for key, item in value.items():
            new[key] = deep(item, done)
    elif isinstance(value, tuple):
        new = done[id(value)] = tuple(deep(v, done) for v in value)
    elif isinstance(value, set):
        new = done[id(value)] = set(value)
    elif isinstance(value, Instance) and "_name_" not in value.attributes:
        new = done[id(value)] = _cloned(value)
        new.attributes = {k: deep(v, done) for k, v in value.attributes.items()}
        new.held = deep(value.held, done)
    else:
        return value
    return new


def _copy(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    if isinstance(args[0], Instance) and isinstance(args[0].cls, Class):
        own = args[0].cls.lookup("__copy__")
        if isinstance(own, Function):
            return interp.call(own, [args[0]], {})
    return shallow(args[0])


def _deepcopy(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return deep(args[0], {})


# --- contextlib --------------------------------------------------------------------------------


def _contextmanager(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    attributes = attributes_of(args[0])
    if attributes is not None and not isinstance(args[0], Class):
        attributes["__contextmanager__"] = True
    return args[0]


def _exit_stack(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    stack = make(interp, "contextlib.ExitStack")
    stack.attributes.update(
        __enter__=Native("__enter__", lambda i, a, k: stack),
        __aenter__=Native("__aenter__", lambda i, a, k: stack),
        __exit__=Native("__exit__", _nothing),
        __aexit__=Native("__aexit__", _nothing),
        callback=Native("callback", _nothing),
        push=Native("push", _nothing),
        close=Native("close", _nothing),
    )
    return stack


def _null_context(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    result = argument(args, kwargs, 0, "enter_result", None)
    return make(
        interp,
        "contextlib.nullcontext",
        __enter__=Native("__enter__", lambda i, a, k: result),
        __aenter__=Native("__aenter__", lambda i, a, k: result),
        __exit__=Native("__exit__", _nothing),
        __aexit__=Native("__aexit__", _nothing),
    )


def _suppress(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    def leave(i: Interp, a: list[Value], k: dict[str, Value]) -> Value:
        if not a or a[0] is None:
            return None
        return any(i.issubclass(a[0], cls) for cls in args)

    return make(
        interp,
        "contextlib.suppress",
        __enter__=Native("__enter__", _nothing),
        __exit__=Native("__exit__", leave),
        exceptions=tuple(args),
    )


# --- collections -------------------------------------------------------------------------------


def _ordered_dict(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return {**(pairs(interp, args[0]) if args else {}), **kwargs}


def _default_dict(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    items = pairs(interp, args[1]) if len(args) > 1 else {}
    return make(interp, "collections.defaultdict", {**items, **kwargs}, default_factory=args[0] if args else None)


def _counter(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    counts: dict[Value, Value] = {}
    if args and isinstance(held_by(args[0]), dict):
        counts = pairs(interp, args[0])
    else:
        for item in listed(interp, args[0]) if args else []:
            counts[item] = counts.get(item, 0) + 1
    return make(interp, "collections.Counter", {**counts, **kwargs}, default_factory=external("builtins.int"))


def _deque(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return list(listed(interp, args[0])) if args else []


def _chain_map(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    out: dict[Value, Value] = {}
    for mapping in reversed(args):
        out.update(pairs(interp, mapping))
    return out


def field_names(interp: Interp, value: Value) -> list[str]:
    """The names of `namedtuple`'s second argument."""
    found = held_by(known(interp, value))
    if isinstance(found, str):
        return found.replace(",", " ").split()
    return [constant(interp, v) for v in listed(interp, found)]


def _namedtuple(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    names = field_names(interp, argument(args, kwargs, 1, "field_names"))
    namespace: dict[str, Value] = {"__annotations__": {name: external("typing.Any") for name in names}}
    defaults = kwargs.get("defaults")
    if defaults is not None:
        values = listed(interp, defaults)
        namespace.update(zip(names[len(names) - len(values) :], values, strict=True))
    name = constant(interp, argument(args, kwargs, 0, "typename"))
    return interp.new_class(name, [external("typing.NamedTuple")], namespace, {})


# --- types -------------------------------------------------------------------------------------


def _simple_namespace(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return make(interp, "types.SimpleNamespace", **{**(pairs(interp, args[0]) if args else {}), **kwargs})


def _mapping_proxy(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return args[0]


def _new_class(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    bases = argument(args, kwargs, 1, "bases", ())
    keywords = argument(args, kwargs, 2, "kwds", None) or {}
    body = argument(args, kwargs, 3, "exec_body", None)
    namespace: dict[str, Value] = {}
    if body is not None:
        interp.call(body, [namespace], {})
    return interp.new_class(constant(interp, args[0]), listed(interp, bases), namespace, keywords)


def _method_type(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return Bound(args[0], args[1])


def _generic_alias(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return interp.subscript(args[0], args[1])


# --- dataclasses -------------------------------------------------------------------------------


def _field(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    given = {"default": MISSING, "default_factory": MISSING, "init": True, "repr": True, "hash": None, "compare": True}
    return make(interp, "dataclasses.Field", **{**given, "metadata": {}, "kw_only": MISSING, **kwargs})


def is_dataclass(value: Value) -> bool:
    """Whether a class, or the class of an object, was decorated with `dataclass`."""
    cls = value.cls if isinstance(value, Instance) else value
    if not isinstance(cls, Class):
        return False
    return any(
        isinstance(c, Class) and ("dataclass" in c.attributes or "__dataclass_fields__" in c.namespace) for c in cls.mro
    )


def _is_dataclass(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return args[0] if isinstance(args[0], Unknown) else is_dataclass(args[0])


def _fields(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    value = known(interp, args[0])
    cls = value.cls if isinstance(value, Instance) else value
    if not isinstance(cls, Class):
        return unknown(interp, "the fields of a class are not known")
    found: dict[str, Value] = {}
    for c in reversed(cls.mro):
        if not isinstance(c, Class):
            continue
        for name, type_ in interp.hints(c).items():
            if getattr(type_, "origin", type_) is external("typing.ClassVar"):
                continue
            default = c.namespace.get(name, MISSING)
            if isinstance(default, Instance) and default.cls is external("dataclasses.Field"):
                found[name] = make(interp, "dataclasses.Field", **{**default.attributes, "name": name, "type": type_})
            else:
                found[name] = _field(interp, [], {"name": name, "type": type_, "default": default})
    return tuple(found.values())


def _replace(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    value = known(interp, args[0])
    if not isinstance(value, Instance):
        return unknown(interp, "what is replaced is not known")
    new = _cloned(value)
    new.attributes.update(kwargs)
    return new


def _asdict(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return _as_plain(known(interp, args[0]), 0)


def _as_plain(value: Value, depth: int) -> Value:
    if depth > 50:
        return value
    if isinstance(value, Instance) and is_dataclass(value):
        return {k: _as_plain(v, depth + 1) for k, v in value.attributes.items()}
    if isinstance(value, list):
        return [_as_plain(v, depth + 1) for v in value]
    if isinstance(value, dict):
        return {k: _as_plain(v, depth + 1) for k, v in value.items()}
    if isinstance(value, tuple):
        return tuple(_as_plain(v, depth + 1) for v in value)
    return value


def _astuple(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    value = known(interp, args[0])
    return (
        tuple(value.attributes.values()) if isinstance(value, Instance) else unknown(interp, "its fields are not known")
    )


# --- decorators and what only logs -------------------------------------------------------------


def _abstract(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    attributes = attributes_of(args[0])
    if attributes is not None:
        attributes["__isabstractmethod__"] = True
    return args[0]


def _abstract_property(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return Property(args[0])


def _same(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return args[0] if args else None


def _keeps(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return Native("keeps", _same)


def _deprecated(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """PEP 702: called with the message it gives a decorator; as `Annotated` metadata it is an object."""
    message = argument(args, kwargs, 0, "message", None)

    def mark(i: Interp, a: list[Value], k: dict[str, Value]) -> Value:
        attributes = attributes_of(a[0])
        if attributes is not None:
            attributes["__deprecated__"] = message
        return a[0]

    return make(interp, "typing.deprecated", message=message, __call__=Native("deprecated", mark))


_LOGGER: Final = """
debug info warning warn error exception critical fatal log setLevel addHandler removeHandler addFilter removeFilter
handle close
"""


def _get_logger(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    name = argument(args, kwargs, 0, "name", None)
    logger = make(interp, "logging.Logger", name="root" if name is None else name, handlers=[], propagate=True)
    for method in _LOGGER.split():
        logger.attributes[method] = Native(method, _nothing)
    logger.attributes["getChild"] = Native("getChild", lambda i, a, k: _get_logger(i, [], {}))
    return logger


_HARMLESS: Final = """
atexit.register faulthandler.enable gc.collect gc.disable logging.addLevelName logging.basicConfig
logging.captureWarnings logging.config.dictConfig logging.config.fileConfig logging.critical logging.debug
logging.disable logging.error logging.exception logging.info logging.log logging.setLoggerClass logging.warning
mimetypes.add_type mimetypes.init random.seed signal.signal sys.excepthook sys.setrecursionlimit
tracemalloc.start typing.assert_type warnings.filterwarnings warnings.resetwarnings warnings.simplefilter
warnings.warn
"""

TABLE: Final[dict[str, NativeFunction]] = {
    **dict.fromkeys(_HARMLESS.split(), _nothing),
    "abc.abstractclassmethod": lambda i, a, k: ClassMethod(a[0]),
    "abc.abstractmethod": _abstract,
    "abc.abstractproperty": _abstract_property,
    "abc.abstractstaticmethod": lambda i, a, k: StaticMethod(a[0]),
    "collections.ChainMap": _chain_map,
    "collections.Counter": _counter,
    "collections.OrderedDict": _ordered_dict,
    "collections.defaultdict": _default_dict,
    "collections.deque": _deque,
    "collections.namedtuple": _namedtuple,
    "contextlib.AsyncExitStack": _exit_stack,
    "contextlib.ExitStack": _exit_stack,
    "contextlib.asynccontextmanager": _contextmanager,
    "contextlib.contextmanager": _contextmanager,
    "contextlib.nullcontext": _null_context,
    "contextlib.suppress": _suppress,
    "copy.copy": _copy,
    "copy.deepcopy": _deepcopy,
    "dataclasses.asdict": _asdict,
    "dataclasses.astuple": _astuple,
    "dataclasses.field": _field,
    "dataclasses.fields": _fields,
    "dataclasses.is_dataclass": _is_dataclass,
    "dataclasses.replace": _replace,
    "enum.unique": _same,
    "functools.cache": _lru_cache,
    "functools.cached_property": _cached_property,
    "functools.cmp_to_key": _cmp_to_key,
    "functools.lru_cache": _lru_cache,
    "functools.partial": _partial,
    "functools.partialmethod": _partial,
    "functools.reduce": _reduce,
    "functools.singledispatch": _singledispatch,
    "functools.total_ordering": _total_ordering,
    "functools.update_wrapper": _update_wrapper,
    "functools.wraps": _wraps,
    "itertools.accumulate": _accumulate,
    "itertools.chain": _chain,
    "itertools.chain.from_iterable": _from_iterable,
    "itertools.combinations": _combinations,
    "itertools.dropwhile": _dropwhile,
    "itertools.filterfalse": _filterfalse,
    "itertools.groupby": _groupby,
    "itertools.islice": _islice,
    "itertools.pairwise": _pairwise,
    "itertools.permutations": _permutations,
    "itertools.product": _product,
    "itertools.repeat": _repeat,
    "itertools.starmap": _starmap,
    "itertools.takewhile": _takewhile,
    "itertools.tee": _tee,
    "itertools.zip_longest": _zip_longest,
    "logging.getLogger": _get_logger,
    "operator.add": _add,
    "operator.attrgetter": _attrgetter,
    "operator.eq": _eq,
    "operator.gt": _gt,
    "operator.itemgetter": _itemgetter,
    "operator.lt": _lt,
    "operator.methodcaller": _methodcaller,
    "operator.mul": _mul,
    "operator.ne": _ne,
    "operator.not_": _not,
    "operator.or_": _or,
    "operator.pow": _pow,
    "operator.sub": _sub,
    "types.GenericAlias": _generic_alias,
    "types.MappingProxyType": _mapping_proxy,
    "types.MethodType": _method_type,
    "types.SimpleNamespace": _simple_namespace,
    "types.new_class": _new_class,
    "typing.deprecated": _deprecated,
    "typing.final": _same,
    "typing.no_type_check": _same,
    "typing.overload": _same,
    "typing.override": _same,
    "typing.runtime_checkable": _same,
    "typing.dataclass_transform": _keeps,
    "warnings.deprecated": _deprecated,
}
NATIVES = guarded_table(TABLE)

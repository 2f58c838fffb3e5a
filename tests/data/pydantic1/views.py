import inspect
import functools
from typing import *
from fastapi import FastAPI, APIRouter, Depends, Query, Header, Request
from pydantic import BaseModel
from starlette.routing import Route, WebSocketRoute
T = TypeVar("T")
CBV_CLASS_KEY = "__cbv_class__"
def is_classvar(t): return get_origin(t) is ClassVar
def cbv(router):
    def decorator(cls):
        return _cbv(router, cls)
    return decorator
def _cbv(router, cls):
    _init_cbv(cls)
    cbv_router = APIRouter()
    function_members = inspect.getmembers(cls, inspect.isfunction)
    functions_set = set(func for _, func in function_members)
    cbv_routes = [route for route in router.routes if isinstance(route, (Route, WebSocketRoute)) and route.endpoint in functions_set]
    for route in cbv_routes:
        router.routes.remove(route)
        _update_cbv_route_endpoint_signature(cls, route)
        cbv_router.routes.append(route)
    router.include_router(cbv_router)
    return cls
def _init_cbv(cls: Type[Any]) -> None:
    if getattr(cls, CBV_CLASS_KEY, False):
        return
    old_init: Callable[..., Any] = cls.__init__
    old_signature = inspect.signature(old_init)
    old_parameters = list(old_signature.parameters.values())[1:]
    new_parameters = [x for x in old_parameters if x.kind not in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)]
    dependency_names: List[str] = []
    for name, hint in get_type_hints(cls).items():
        if is_classvar(hint):
            continue
        parameter_kwargs = {"default": getattr(cls, name, Ellipsis)}
        dependency_names.append(name)
        new_parameters.append(inspect.Parameter(name=name, kind=inspect.Parameter.KEYWORD_ONLY, annotation=hint, **parameter_kwargs))
    new_signature = old_signature.replace(parameters=new_parameters)
    def new_init(self: Any, *args: Any, **kwargs: Any) -> None:
        for dep_name in dependency_names:
            dep_value = kwargs.pop(dep_name)
            setattr(self, dep_name, dep_value)
        old_init(self, *args, **kwargs)
    setattr(cls, "__signature__", new_signature)
    setattr(cls, "__init__", new_init)
    setattr(cls, CBV_CLASS_KEY, True)
def _update_cbv_route_endpoint_signature(cls, route) -> None:
    old_endpoint = route.endpoint
    old_signature = inspect.signature(old_endpoint)
    old_parameters = list(old_signature.parameters.values())
    old_first_parameter = old_parameters[0]
    new_first_parameter = old_first_parameter.replace(default=Depends(cls))
    new_parameters = [new_first_parameter] + [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in old_parameters[1:]]
    new_signature = old_signature.replace(parameters=new_parameters)
    setattr(route.endpoint, "__signature__", new_signature)
app = FastAPI()
router = APIRouter(prefix="/v")
def dep(x: int = Query(3)): return x
class Item(BaseModel):
    a: int
def logged(f):
    @functools.wraps(f)
    async def inner(*args, **kwargs):
        return f(*args, **kwargs)
    return inner
@cbv(router)
class View:
    d: int = Depends(dep)
    h: str = Header(None)
    cv: ClassVar[int] = 3
    def __init__(self, extra: Optional[str] = None): ...
    @router.get("/a/{i}", response_model=Item)
    def a(self, i: int, q: str = "x"): ...
    @router.post("/b")
    @logged
    def b(self, item: Item): ...
app.include_router(router)
def with_sig(**params):
    def deco(f):
        sig = inspect.signature(f)
        ps = [p for p in sig.parameters.values() if p.kind is not inspect.Parameter.VAR_KEYWORD]
        for n, t in params.items():
            ps.append(inspect.Parameter(n, inspect.Parameter.KEYWORD_ONLY, annotation=t, default=inspect.Parameter.empty))
        f.__signature__ = sig.replace(parameters=sorted(ps, key=lambda p: p.kind))
        return f
    return deco
@app.get("/w")
@with_sig(z=int, y=Optional[str])
def w(a: int = 1, **kw): ...
def merge(f, g):
    @functools.wraps(f)
    def inner(*a, **k): ...
    s1, s2 = inspect.signature(f), inspect.signature(g)
    inner.__signature__ = inspect.Signature(parameters=[*s1.parameters.values(), *[p for n, p in s2.parameters.items() if n not in s1.parameters]], return_annotation=s1.return_annotation)
    return inner
def f1(a: int, b: str) -> Item: ...
def f2(b: str, c: float = 2): ...
app.add_api_route("/m", merge(f1, f2))
for name, kind in {"u": int, "s": str}.items():
    def make(kind=kind, name=name):
        def ep(v, o=None): ...
        ep.__annotations__ = {"v": kind, "o": Optional[kind], "return": List[kind]}
        ep.__name__ = f"ep_{name}"
        return ep
    app.get(f"/ann/{name}")(make())

"""What an application registers when it starts: its lifespan and its startup handlers, followed like the rest."""

from byte.extract.evaluate.interpreter import MAX_STATEMENT, MAX_STEPS, Interpreter
from byte.extract.evaluate.values import Instance, Pending, Raised, Stopped, Value
from byte.model import syntax as s


def start(interp: Interpreter, app: Instance) -> None:
    """Follow what runs before the first request, for the routes that it adds."""
    router = interp.getattr_or(app, "router", None)
    if not isinstance(router, Instance):
        return
    for handler in interp.items(interp.getattr_or(router, "on_startup", [])) or []:
        _followed(interp, handler, [])
    lifespan = interp.getattr_or(router, "lifespan_context", None)
    if lifespan is not None:
        _followed(interp, lifespan, [app])


def _followed(interp: Interpreter, handler: Value, args: list[Value]) -> None:
    before = interp.limit
    interp.limit = min(MAX_STEPS, interp.steps + MAX_STATEMENT)
    at = getattr(handler, "at", interp.at)
    try:
        result = interp.call(handler, args, {})
        if isinstance(result, Pending):
            generator = isinstance(result.function.node, s.Function) and result.function.node.is_generator
            if generator:
                interp.generate(result)
            else:
                interp.awaited(result)
    except Raised as failed:
        interp.gap(failed.text, failed.at)
    except Stopped:
        interp.gap("what runs when the application starts takes more steps than are followed", at)
    except RecursionError:
        interp.gap("what runs when the application starts is nested deeper than is followed", at)
    finally:
        interp.limit = before

"""The arguments of a command that is started without any: each has its default."""

import command_line

SUPPRESS = "==SUPPRESS=="
OPTIONAL = "?"
ZERO_OR_MORE = "*"
ONE_OR_MORE = "+"
REMAINDER = "..."


class ArgumentError(Exception):
    pass


class ArgumentTypeError(Exception):
    pass


class HelpFormatter:
    pass


class RawDescriptionHelpFormatter(HelpFormatter):
    pass


class RawTextHelpFormatter(RawDescriptionHelpFormatter):
    pass


class ArgumentDefaultsHelpFormatter(HelpFormatter):
    pass


class MetavarTypeHelpFormatter(HelpFormatter):
    pass


class BooleanOptionalAction:
    pass


class FileType:
    def __init__(self, mode="r", bufsize=-1, encoding=None, errors=None):
        self.mode = mode


class Namespace:
    def __init__(self, **values):
        for name, value in values.items():
            setattr(self, name, value)

    def __contains__(self, name):
        return name in self.__dict__


class Action:
    def __init__(self, option_strings=(), dest="", default=None, required=False, type=None, help=None, **options):
        self.option_strings = option_strings
        self.dest = dest
        self.default = default
        self.required = required
        self.type = type
        self.help = help


class _Container:
    def __init__(self, owner):
        self.owner = owner

    def add_argument(self, *names, **options):
        return self.owner.add_argument(*names, **options)

    def add_argument_group(self, *args, **options):
        return _Container(self.owner)

    def add_mutually_exclusive_group(self, **options):
        return _Container(self.owner)

    def set_defaults(self, **values):
        self.owner.set_defaults(**values)


class _Commands:
    def __init__(self):
        self.choices = {}

    def add_parser(self, name, **options):
        made = ArgumentParser(prog=name)
        self.choices[name] = made
        return made


class ArgumentParser:
    def __init__(self, prog=None, usage=None, description=None, parents=(), argument_default=None, **options):
        self.prog = prog
        self.description = description
        self.argument_default = argument_default
        self._actions = []
        self._defaults = {}
        for parent in parents:
            self._actions.extend(parent._actions)
            self._defaults.update(parent._defaults)

    def add_argument(self, *names, action="store", nargs=None, const=None, default=None, type=None, dest=None, required=False, **options):
        positional = not names or not names[0].startswith("-")
        if dest is None:
            long = [name for name in names if name.startswith("--")]
            chosen = long[0] if long else names[0]
            dest = chosen.lstrip("-").replace("-", "_")
        if default is None:
            if action == "store_true":
                default = False
            elif action == "store_false":
                default = True
            else:
                default = self.argument_default
        if positional:
            required = nargs not in ("?", "*")
        made = Action(names, dest, default, required, type)
        if action not in ("help", "version"):
            self._actions.append(made)
        return made

    def add_argument_group(self, *args, **options):
        return _Container(self)

    def add_mutually_exclusive_group(self, **options):
        return _Container(self)

    def add_subparsers(self, dest=None, **options):
        if dest is not None:
            self._actions.append(Action((), dest))
        return _Commands()

    def set_defaults(self, **values):
        self._defaults.update(values)
        for action in self._actions:
            if action.dest in values:
                action.default = values[action.dest]

    def get_default(self, dest):
        for action in self._actions:
            if action.dest == dest and action.default is not None:
                return action.default
        return self._defaults.get(dest)

    def parse_args(self, args=None, namespace=None):
        if args:
            return command_line.arguments(args)
        found = namespace if namespace is not None else Namespace()
        for action in self._actions:
            value = action.default
            if value == SUPPRESS or action.dest in found.__dict__:
                continue
            if action.required:
                value = command_line.argument(action.dest)
            elif isinstance(value, str) and action.type is not None:
                value = action.type(value)
            setattr(found, action.dest, value)
        for name, value in self._defaults.items():
            if name not in found.__dict__:
                setattr(found, name, value)
        return found

    def parse_known_args(self, args=None, namespace=None):
        return self.parse_args(args, namespace), []

    def print_help(self, file=None):
        pass

    def print_usage(self, file=None):
        pass

    def format_help(self):
        return ""

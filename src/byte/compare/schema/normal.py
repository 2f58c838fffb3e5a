"""A schema, asserted or denied -> its shape."""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from byte.compare.schema.dialect import Schema
from byte.compare.schema.keywords import (
    SCALAR_KEYWORDS,
    SHAPING,
    evaluated,
    exclusive,
    items_of,
    kind_of,
    listed_in,
    loose_items,
    matches,
    mentions_of,
    needs_of,
    scalar,
    tags,
    types_of,
)
from byte.compare.schema.numbers import ANY_NUMBER
from byte.compare.schema.shapes import (
    NOTHING,
    Arrays,
    Guard,
    Objects,
    Part,
    Product,
    Shape,
    Term,
    Terms,
    anything,
    common,
    united,
    without,
)
from byte.compare.schema.texts import ANY_TEXT, texts

_DEEPEST: Final = 40
_MOST_EXCLUSIVE: Final = 64
_FEW: Final = 8
_LISTING: Final = frozenset({"enum", "const"})
"""Keywords that list values, and ask nothing of them."""
_CHOOSING: Final = frozenset({"anyOf", "oneOf", "not", "if", "dependencies", "dependentSchemas"})
_BUSY: Final = 10

Accepts = Callable[[Schema, Any], bool | None]


class Normal:
    """Shapes of schemas and terms; each is made once."""

    def __init__(self, terms: Terms, accepts: Accepts) -> None:
        self.terms = terms
        self._accepts = accepts
        self._product = Product(terms)
        self._shapes: dict[tuple[int, bool], Shape] = {}
        self._open: dict[tuple[int, bool], None] = {}
        self._shaping: set[Term] = set()
        self._kept: list[Schema] = []
        self._apart: dict[tuple[Term, Term, int], bool] = {}
        self.whole = anything(terms)
        self.never = terms.never

    def shape(self, term: Term) -> Shape:
        """The shape of a conjunction."""
        if term.shape is None:
            self._shaping.add(term)
            result = self.whole
            for schema, asserted in term.literals:
                result = self.both(result, self.of(schema) if asserted else self.denied(schema))
            for fixed in term.fixed:
                result = self.both(result, fixed)
            term.shape = result
            self._shaping.discard(term)
        return term.shape

    def of(self, schema: Schema) -> Shape:
        """The shape of a schema."""
        return self._once(schema.resolved, True, self._asserted)

    def denied(self, schema: Schema) -> Shape:
        """The shape of what is no instance of a schema."""
        return self._once(schema.resolved, False, self._denied)

    def both(self, one: Shape, other: Shape) -> Shape:
        """What is in both."""
        if one is self.whole or other is self.whole:
            return other if one is self.whole else one
        result = self._product.both(one, other)
        values = [v for v in one.values if self._holds(v, other)] + [v for v in other.values if self._holds(v, one)]
        if len(result.objects) > 1:
            result = msgspec.structs.replace(result, objects=tuple(o for o in result.objects if self.possible(o)))
        return msgspec.structs.replace(result, values=tuple(values)) if values else result

    def possible(self, part: Objects) -> bool:
        """Whether no required property of a conjunction is seen to be impossible, by its scalars alone."""
        for name in part.required:
            term = part.properties.get(name)
            if term is None or len(term.literals) + len(term.fixed) < 2 or self._busy(term):
                continue
            if self.shape(term).bare:
                return False
        return True

    def _busy(self, term: Term) -> bool:
        if len(self._open) + len(self._shaping) > _BUSY or term in self._shaping:
            return True
        return any((id(s.resolved), a) in self._open for s, a in term.literals)

    def _holds(self, value: Any, shape: Shape) -> bool:
        """Whether an array or object is in a shape, as far as its schemas say."""
        if value in shape.values:
            return True
        if not (shape.arrays if isinstance(value, list) else shape.objects):
            return False
        return all(self._accepts(f, value) is not False for f in shape.facts) and not any(
            self._accepts(d, value) is True for d in shape.denied
        )

    def _once(self, schema: Schema, asserted: bool, make: Callable[[Schema], Shape]) -> Shape:
        key = (id(schema), asserted)
        known = self._shapes.get(key)
        if known is not None:
            return known
        if key in self._open:
            return anything(self.terms, unknown=("a schema that asks for itself",))
        if len(self._open) > _DEEPEST:
            return anything(self.terms, unknown=("schemas nested too deeply in one place",))
        self._open[key] = None
        made = make(schema)
        del self._open[key]
        self._shapes[key] = made
        self._kept.append(schema)  # an id is good for as long as its object lives
        return made

    # --- asserted

    def _asserted(self, schema: Schema) -> Shape:
        if schema.value is False:
            return NOTHING
        if schema.unknown:
            return _told(anything(self.terms, unknown=(schema.unknown,)), schema)
        if schema.value is True or not isinstance(schema.value, dict) or SHAPING.isdisjoint(schema.value):
            return _told(self.whole, schema)
        result = self.local(schema)
        target = schema.target
        members = [target] if target is not None else []
        for member in [*members, *schema.several("allOf")]:
            result = self.both(result, self.of(member))
        if not _CHOOSING.isdisjoint(schema.said):
            result = self._with_choices(result, schema)
        if schema.nullable:
            result = united([result, Shape(null=True)])
        if result.values and not SHAPING.intersection(schema.value) <= _LISTING:
            values = tuple(v for v in result.values if self._accepts(schema, v) is not False)
            result = msgspec.structs.replace(result, values=values)
        return _told(result, schema)

    def _with_choices(self, result: Shape, schema: Schema) -> Shape:
        for keyword in ("anyOf", "oneOf"):
            branches = schema.several(keyword)
            if branches:
                result = self.both(result, self.choice(schema, branches, exclusive=exclusive(schema, keyword)))
        denied = schema.one("not")
        if denied is not None:
            twice = _twice_denied(denied.resolved)
            result = self.both(result, self.denied(denied) if twice is None else self.of(twice))
        condition = schema.one("if")
        if condition is not None:
            result = self.both(result, self._conditional(condition, schema.one("then"), schema.one("else")))
        for name, held in {**schema.named("dependencies"), **schema.named("dependentSchemas")}.items():
            absent = self._object(properties={name: self.never})
            others = msgspec.structs.replace(self.whole, objects=())
            result = self.both(
                result, united([others, absent, self.both(self._object(required={name}), self.of(held))])
            )
        return result

    def _object(self, **fields: Any) -> Shape:
        if "required" in fields:
            fields["required"] = frozenset(fields["required"])
        return Shape(objects=(Objects(**fields),))

    def _conditional(self, condition: Schema, then: Schema | None, other: Schema | None) -> Shape:
        if then is None and other is None:
            return self.whole
        holds, fails = self.of(condition), self.denied(condition)
        return united(
            [
                holds if then is None else self.both(holds, self.of(then)),
                fails if other is None else self.both(fails, self.of(other)),
            ]
        )

    def branches(self, schema: Schema, branches: tuple[Schema, ...]) -> list[Shape]:
        """The shapes of alternatives, each with the tag that a discriminator gives it."""
        return [self._tagged(schema, branch, self.of(branch)) for branch in branches]

    def choice(self, schema: Schema, branches: tuple[Schema, ...], *, exclusive: bool) -> Shape:
        """What one of the alternatives holds of, exactly one if they are exclusive."""
        shapes = self.branches(schema, branches)
        if exclusive and len(shapes) <= _MOST_EXCLUSIVE and self.tag(shapes) is None:
            shapes = [
                self._exclusively(
                    shape, [b for j, b in enumerate(branches) if j != i and not self.disjoint(shape, shapes[j])]
                )
                for i, shape in enumerate(shapes)
            ]
        return united(shapes)

    def tag(self, shapes: list[Shape]) -> tuple[str, dict[str, int]] | None:
        """The required property, and which of its values is which shape's, if it tells objects of all shapes apart."""
        if len(shapes) < _FEW or not all(len(s.objects) == 1 and s.kinds() == ("object",) for s in shapes):
            return None
        parts = [s.objects[0] for s in shapes]
        for name in parts[0].properties:
            owners: dict[str, int] = {}
            for index, part in enumerate(parts):
                values = self.listed(part, name) if name in part.required else None
                if values is None or any(v in owners for v in values):
                    break
                owners.update(dict.fromkeys(values, index))
            else:
                return name, owners
        return None

    def listed(self, part: Objects, name: str) -> tuple[str, ...] | None:
        """The texts that a property may be, None where it may be anything else."""
        term = part.properties.get(name)
        shape = self.whole if term is None or term.trivial else self.shape(term)
        if shape.kinds() != ("string",) or shape.unknown or any(t.values is None for t in shape.texts):
            return None
        return tuple(dict.fromkeys(v for t in shape.texts for v in t.values or ()))

    def _exclusively(self, shape: Shape, others: list[Schema]) -> Shape:
        for other in others:
            denied = self.denied(other)
            pieces = len(denied.objects) * len(shape.objects), len(denied.arrays) * len(shape.arrays)
            if max(pieces) > max(_FEW, len(shape.objects), len(shape.arrays)):
                # Written out, the pieces would be too many: what is denied is kept as it is.
                denied = msgspec.structs.replace(
                    denied,
                    objects=tuple(Objects(denied=(o,), excluded=(o,)) for o in [other.resolved][: len(denied.objects)]),
                    arrays=tuple(
                        Arrays(rest=self.terms.anything, denied=(o,), excluded=(o,))
                        for o in [other.resolved][: len(denied.arrays)]
                    ),
                )
            shape = self.both(shape, denied)
        return shape

    def _tagged(self, schema: Schema, branch: Schema, shape: Shape) -> Shape:
        """A branch under a discriminator: the property has the values that stand for the branch."""
        name, values = tags(schema, branch)
        if not values or not shape.objects:
            return shape
        for member in branch.resolved.closure():
            held = member.named("properties").get(name)
            if held is not None and any("enum" in m.said or "const" in m.said for m in held.closure()):
                return shape
        tag = self.terms.of(fixed=[Shape(texts=(texts(values=values),))])
        marked = self.both(Shape(objects=(Objects(properties={name: tag}),)), Shape(objects=shape.objects))
        return msgspec.structs.replace(shape, objects=marked.objects)

    # --- the keywords of one schema, applicators aside

    def local(self, schema: Schema) -> Shape:
        """What the keywords of one schema say of scalars, arrays and objects, its applicators in place aside."""
        kinds = types_of(schema)
        listed = listed_in(schema.said)
        found: list[str] = []
        shape = scalar(schema, SCALAR_KEYWORDS, found)
        values: tuple[Any, ...] = ()
        arrays: tuple[Arrays, ...] = ()
        objects: tuple[Objects, ...] = ()
        if listed is None:
            arrays = (self._array(schema),) if "array" in kinds else ()
            objects = (self._fields(schema),) if "object" in kinds else ()
        else:
            values = tuple(v for v in listed if isinstance(v, list | dict) and kind_of(v) in kinds)
        return msgspec.structs.replace(
            shape, arrays=arrays, objects=objects, values=values, unknown=(*shape.unknown, *found)
        )

    def _array(self, schema: Schema) -> Arrays:
        first, rest = items_of(schema)
        contains = schema.one("contains")
        least = schema.count("minContains")
        return Arrays(
            first=tuple(self.terms.schema(s) for s in first),
            rest=self.terms.anything if rest is None else self._term(rest),
            contains=()
            if contains is None
            else ((self._term(contains), 1 if least is None else least, schema.count("maxContains")),),
            unique=schema.said.get("uniqueItems") is True,
            loose=loose_items(schema),
            least=schema.count("minItems") or 0,
            most=schema.count("maxItems"),
        )

    def _term(self, schema: Schema) -> Term:
        """A schema as a term; `true` says nothing."""
        if schema.value is True or schema.value == {}:
            return self.terms.anything
        return self.never if schema.value is False else self.terms.schema(schema)

    def _fields(self, schema: Schema) -> Objects:
        declares = schema.reader.declares
        hidden = schema.hidden()
        held = schema.named("properties")
        properties = {n: self.never if n in hidden and declares else self._term(s) for n, s in held.items()}
        if hidden and not declares:
            properties = {n: self.terms.anything if n in hidden else t for n, t in properties.items()}
        patterns = tuple((p, self._term(s)) for p, s in schema.named("patternProperties").items())
        other = schema.one("additionalProperties")
        inner = schema.one("unevaluatedProperties")
        guards: tuple[Guard, ...] = (
            () if other is None else (Guard(frozenset(held), tuple(p for p, _ in patterns), self._term(other)),)
        )
        if inner is not None and other is None:
            guards = self._unevaluated(schema, inner)
        names = schema.one("propertyNames")
        return Objects(
            properties=properties,
            required=frozenset(schema.names("required")) - hidden,
            patterns=patterns,
            guards=guards,
            keys=() if names is None else (self._term(names),),
            least=schema.count("minProperties") or 0,
            most=schema.count("maxProperties"),
            needs=needs_of(schema),
            declared=frozenset(n for n in held if n not in hidden) if declares else frozenset(),
            mentions=mentions_of(schema) if declares else 0,
            explicit=declares and any(s is not None and s.value is not False for s in (other, inner)),
            loose=inner is not None and other is None and not guards,
            written=tuple(p for p, s in patterns if s is not self.never) if declares else (),
        )

    def _unevaluated(self, schema: Schema, inner: Schema) -> tuple[Guard, ...]:
        names, patterns, certain = evaluated(schema)
        return (Guard(names, patterns, self._term(inner)),) if certain else ()

    # --- denied

    def _denied(self, schema: Schema) -> Shape:
        if schema.unknown:
            return anything(self.terms, unknown=(schema.unknown,))
        shape = self.of(schema)
        arrays: tuple[Arrays, ...] = self.whole.arrays
        objects: tuple[Objects, ...] = self.whole.objects
        single = any(isinstance(v, list) for v in shape.values), any(isinstance(v, dict) for v in shape.values)
        if shape.arrays or single[0]:
            arrays = self._other_arrays(shape, schema, exact=not single[0])
        if shape.objects or single[1]:
            objects = self._other_objects(shape, schema, exact=not single[1])
        return Shape(
            null=not shape.null,
            booleans=3 & ~shape.booleans,
            numbers=without(ANY_NUMBER, shape.numbers),
            texts=without(ANY_TEXT, shape.texts),
            arrays=tuple(msgspec.structs.replace(a, denied=(schema,)) for a in arrays),
            objects=tuple(msgspec.structs.replace(o, denied=(schema,)) for o in objects),
            denied=(schema,),
            unknown=shape.unknown,
        )

    def _other_arrays(self, shape: Shape, schema: Schema, *, exact: bool) -> tuple[Arrays, ...]:
        if exact and len(shape.arrays) == 1 and shape.arrays[0].plain:
            part = shape.arrays[0]
            if part.rest.trivial and all(t.trivial for t in part.first):
                return tuple(
                    Arrays(rest=self.terms.anything, least=low, most=high)
                    for low, high in _outside(part.least, part.most)
                )
        return (Arrays(rest=self.terms.anything, excluded=(schema,)),)

    def _other_objects(self, shape: Shape, schema: Schema, *, exact: bool) -> tuple[Objects, ...]:
        left: tuple[Objects, ...] = self.whole.objects
        if not exact:
            return (Objects(excluded=(schema,)),)
        for part in shape.objects:
            pieces = self._outside_of(part) if len(left) <= _FEW else None
            if pieces is None:
                return (Objects(excluded=(schema,)),)
            left = tuple(self._product.objects(a, b) for a in left for b in pieces)
        return left

    def _outside_of(self, part: Objects) -> list[Objects] | None:
        """The objects outside of a conjunction, None where that is no union of a few simple ones."""
        if not part.plain or len(part.properties) + len(part.required) > 12:
            return None
        pieces = [Objects(properties={name: self.never}) for name in sorted(part.required)]
        for name, term in part.properties.items():
            if term.trivial:
                continue
            if term.fixed:
                return None
            pieces += [
                Objects(required=frozenset({name}), properties={name: self.terms.of([(schema, not asserted)])})
                for schema, asserted in term.literals
            ]
        pieces += [Objects(least=low, most=high) for low, high in _outside(part.least, part.most)]
        return pieces

    # --- disjointness

    def disjoint(self, one: Shape, other: Shape, depth: int = 3) -> bool:
        """Whether two shapes are seen to have nothing in common, as far as schemas say (senders write less)."""
        if one.unknown or other.unknown or (one.null and other.null) or one.booleans & other.booleans:
            return False
        if one.values or other.values:
            return False
        return (
            _apart(one.numbers, other.numbers)
            and _apart(one.texts, other.texts)
            and all(self.arrays_apart(a, b, depth) for a in one.arrays for b in other.arrays)
            and all(self.objects_apart(a, b, depth) for a in one.objects for b in other.objects)
        )

    def arrays_apart(self, one: Arrays, other: Arrays, depth: int = 3) -> bool:
        """Whether two conjunctions of arrays are seen to have nothing in common."""
        low, high = max(one.least, other.least), _lower(one.most, other.most)
        if high is not None and high < low:
            return True
        return depth > 0 and any(self._terms_apart(one.at(i), other.at(i), depth - 1) for i in range(min(low, 8)))

    def objects_apart(self, one: Objects, other: Objects, depth: int = 3) -> bool:
        """Whether two conjunctions of objects are seen to have nothing in common."""
        high = _lower(one.most, other.most)
        if high is not None and high < max(one.least, other.least):
            return True
        if any(d in other.facts for d in one.denied) or any(d in one.facts for d in other.denied):
            return True
        if depth <= 0:
            return False
        for name in sorted(one.required | other.required):
            a, b = self.under(one, name), self.under(other, name)
            if self.never in (a, b) or self._terms_apart(a, b, depth - 1):
                return True
        return False

    def _terms_apart(self, one: Term, other: Term, depth: int) -> bool:
        if one is other or one.trivial or other.trivial:
            return False
        key = one, other, depth
        known = self._apart.get(key)
        if known is None:
            known = self._apart[key] = self.disjoint(self.shape(one), self.shape(other), depth)
        return known

    def under(self, part: Objects, name: str) -> Term:
        """What holds for a property of objects if it is there."""
        found = [part.properties[name]] if name in part.properties else []
        found += [t for p, t in part.patterns if matches(p, name) is not False]
        for guard in part.guards:
            if name not in guard.names and not any(matches(p, name) is not False for p in guard.patterns):
                found.append(guard.term)
        return found[0] if len(found) == 1 else self.terms.all(found)


def apart(normal: Normal, part: Part, shape: Shape) -> bool:
    """Whether a conjunction is seen to have nothing in common with a shape."""
    if any(isinstance(v, dict if isinstance(part, Objects) else list) for v in shape.values):
        return False
    if isinstance(part, Objects):
        return all(normal.objects_apart(part, o) for o in shape.objects)
    return all(normal.arrays_apart(part, a) for a in shape.arrays)


def _outside(least: int, most: int | None) -> list[tuple[int, int | None]]:
    found: list[tuple[int, int | None]] = [(0, least - 1)] if least > 0 else []
    return found if most is None else [*found, (most + 1, None)]


def _lower(one: int | None, other: int | None) -> int | None:
    return other if one is None else one if other is None else min(one, other)


def _apart(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    if any(a in other for a in one):
        return False
    return all(common(a, b) is None for a in one for b in other)


def _twice_denied(schema: Schema) -> Schema | None:
    """What stands below `not` in a schema that says nothing else."""
    inner = schema.one("not")
    return inner if inner is not None and SHAPING.intersection(schema.said) == {"not"} else None


def _told(shape: Shape, schema: Schema) -> Shape:
    """The shape with the schema first among what is known of it."""
    facts = (schema, *(f for f in shape.facts if f is not schema))
    return msgspec.structs.replace(
        shape,
        facts=facts,
        arrays=tuple(_fact(a, schema, alone=len(shape.arrays) == 1) for a in shape.arrays),
        objects=tuple(_fact(o, schema, alone=len(shape.objects) == 1) for o in shape.objects),
    )


def _fact(part: Any, schema: Schema, *, alone: bool) -> Any:
    facts = (schema, *(f for f in part.facts if f is not schema))
    return msgspec.structs.replace(part, facts=facts, anchor=schema if alone else part.anchor or schema)

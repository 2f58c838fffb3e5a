"""The line of a value is the one that its key stands on, whatever the text around it looks like."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from byte.extract.documents import lines, text
from byte.model.contract import Text, escaped


def finder(written, name="a"):
    """The lines of a text, which must be one that is read."""
    parsed = text.parse(name, written.encode())
    return lines.finder(Text(name, "", parsed.syntax, parsed.data)), parsed.value


def pointers(value, at=""):
    """Every JSON pointer of a value."""
    yield at
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, held in inner:
        yield from pointers(held, f"{at}/{escaped(str(key))}")


# Each line that begins an entry ends with its pointer in a comment.
COMMENTED = """\
%YAML 1.2
---
# a comment: with a colon
openapi: 3.1.0 # /openapi

info: # /info
  # title: no
  title: "a # b" # /info/title
  'a b': 'it''s' # /info/a b
  "c\\"d": x # /info/c"d
  description: | # /info/description
    title: no
      - neither
    # nor this

    paths:
  folded: >-2 # /info/folded
     more: 1
    less: 2
  quoted: "one # /info/quoted
    two: 2

      three: 3"
  plain: one # /info/plain
  after: 1 # /info/after
  url: http://a.b/c#d # /info/url
  long key with - and ? and ,: 1 # /info/long key with - and ? and ,
  -dash: 1 # /info/-dash
  ? explicit # /info/explicit
  : value
paths: # /paths
  /a/{id}: # /paths/~1a~1{id}
    get: # /paths/~1a~1{id}/get
      tags: # /paths/~1a~1{id}/get/tags
      - a # /paths/~1a~1{id}/get/tags/0
      - # /paths/~1a~1{id}/get/tags/1
        b: 1 # /paths/~1a~1{id}/get/tags/1/b
      - - x # /paths/~1a~1{id}/get/tags/2
        - y # /paths/~1a~1{id}/get/tags/2/1
      - k: 1 # /paths/~1a~1{id}/get/tags/3
        l: 2 # /paths/~1a~1{id}/get/tags/3/l
      responses: # /paths/~1a~1{id}/get/responses
        200: { # /paths/~1a~1{id}/get/responses/200
         description: ok, # /paths/~1a~1{id}/get/responses/200/description
          "content": {a: [1, "}]", # /paths/~1a~1{id}/get/responses/200/content
                 it's], # /paths/~1a~1{id}/get/responses/200/content/a/2
          b: {c: d}}, # /paths/~1a~1{id}/get/responses/200/content/b
         }
        'default': !!map # /paths/~1a~1{id}/get/responses/default
          e: 1 # /paths/~1a~1{id}/get/responses/default/e
x-base: &base # /x-base
  one: 1 # /x-base/one
  two: &two [1, # /x-base/two
     2] # /x-base/two/1
x-more: &more # /x-more
  <<: *base
  three: *two # /x-more/three
x-last:
  <<: [*more, {four: 4}] # /x-last/four
  list: # /x-last/list

    - 1 # /x-last/list/0

# the end
    - 2 # /x-last/list/1
"""


def test_every_way_of_writing_yaml_is_followed():
    line, value = finder(COMMENTED)
    assert value["info"]['c"d'] == "x"
    marked = {
        held.rpartition(" # ")[2]: number for number, held in enumerate(COMMENTED.splitlines(), 1) if " # /" in held
    }
    assert len(marked) == 43
    assert {pointer: line(pointer) for pointer in marked} == marked
    of = marked.get
    assert line("/x-more/one") == of("/x-base/one")
    assert line("/x-last/three") == of("/x-more/three")
    assert line("/x-last/two/1") == line("/x-more/three/1") == of("/x-base/two/1")


def test_what_is_not_there_has_the_line_of_what_is_around_it():
    for written in ("a: 1\nb:\n  c:\n    - 1\n", '{"a": 1,\n"b": {\n"c": [\n1]}}'):
        line, _ = finder(written)
        assert [line(p) for p in ("/b/c/7", "/b/x/y/z", "/b/c/0/x", "/none", "/b/c/-")] == [3, 2, 4, 1, 3]


def test_lines_are_found_in_windows_texts():
    line, _ = finder("a: 1\r\nb:\r\n  # c\r\n  d: |\r\n    e: 1\r\n  f: 2\r\n")
    assert [line(p) for p in ("/a", "/b", "/b/d", "/b/f")] == [1, 2, 4, 6]


def test_a_text_that_ends_early_is_followed_as_far_as_it_goes():
    for data in (b'{"a": {"b": [1,', b"a:\n  b: [1, {", b"a:\n  'b", b"a: &x *x", b"? a", b"a: *x\nb: &x {c: *x}"):
        for syntax in ("json", "yaml"):
            line = lines.finder(Text("a", "", syntax, data))
            assert all(line(pointer) in (1, 2) for pointer in ("", "/a", "/a/b", "/a/b/0", "/b/c/c/c"))


NAMES = st.text("ab01 -?:#~/'\"{}[],&*!|>%@\\é", min_size=1, max_size=5)
VALUES = st.recursive(
    st.sampled_from([1, True, None, "a", "b: c", "# no", "two\nlines: 1\n", "- a", "it's", 'say "x"', "{", "]", ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=15,
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(NAMES, VALUES, min_size=1, max_size=4), st.integers(0, 3))
def test_lines_of_json_are_those_of_its_keys(value, indent):
    written = json.dumps(value, indent=indent)
    line, _ = finder(written, "a.json")
    shown = written.split("\n")
    expected = list(json_lines(value))
    # Printed with an indent, every entry has a line of its own.
    assert [line(pointer) for pointer, _ in expected] == [number for _, number in expected]
    assert expected[-1][1] <= len(shown)


def json_lines(value, at="", start=1):
    """Every pointer of a value with its line, as `json.dumps` prints it with an indent."""
    number = start
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    yield at, start
    for key, held in inner:
        number += 1
        yield from json_lines(held, f"{at}/{escaped(str(key))}", number)
        number += height(held) - 1


def height(value):
    """How many lines `json.dumps` needs for a value with an indent."""
    if not isinstance(value, (dict, list)) or not value:
        return 1
    return 2 + sum(height(held) for held in (value.values() if isinstance(value, dict) else value))


class Writer:
    """Writes a value as YAML, in ways that are drawn, and remembers the line of every pointer."""

    def __init__(self, draw):
        self.lines = []
        self.found = {}
        self._draw = draw

    def entries(self, value, at, indent):
        """A mapping or list that is not empty, each entry on lines of its own."""
        for key, held in value.items() if isinstance(value, dict) else enumerate(value):
            pointer = f"{at}/{escaped(str(key))}"
            for noise in self._draw(st.sampled_from([(), (), (), ("",), ("# a: b",), ("", "      # - c")])):
                self.lines.append(noise)
            self.found[pointer] = len(self.lines) + 1
            self.entry(" " * indent + (self.key(key) if isinstance(value, dict) else "-"), held, pointer, indent, value)

    def key(self, key):
        quoted = json.dumps(key, ensure_ascii=False)
        single = "'" + key.replace("'", "''") + "'"
        return self._draw(st.sampled_from([quoted, single])) + self._draw(st.sampled_from(["", " "])) + ":"

    def entry(self, start, held, pointer, indent, holder):
        if isinstance(held, (dict, list)) and held and self._draw(st.integers(0, 3)):
            self.lines.append(
                start
                + self._draw(st.sampled_from(["", " # c: d", " &x", " !!map" if isinstance(held, dict) else " !!seq"]))
            )
            same = isinstance(holder, dict) and isinstance(held, list) and self._draw(st.booleans())
            self.entries(held, pointer, indent if same else indent + self._draw(st.integers(1, 4)))
        elif isinstance(held, str) and held and self._draw(st.booleans()):
            self.lines.append(f"{start} {self._draw(st.sampled_from(['|', '>-', '|2']))}")
            self.lines += [" " * (indent + 2) + part for part in held.split("\n")]
        elif isinstance(held, (dict, list)) and self._draw(st.booleans()):
            self.flow(start, held, pointer, indent)
        else:
            self.mark(held, pointer, len(self.lines) + 1)
            self.lines.append(f"{start} {json.dumps(held, ensure_ascii=False)}")

    def flow(self, start, held, pointer, indent):
        """A flow collection over some lines."""
        self.lines.append(start + (" {" if isinstance(held, dict) else " ["))
        for key, inner in held.items() if isinstance(held, dict) else enumerate(held):
            at = f"{pointer}/{escaped(str(key))}"
            self.found[at] = len(self.lines) + 1
            self.mark(inner, at, len(self.lines) + 1)
            name = json.dumps(key, ensure_ascii=False) + ": " if isinstance(held, dict) else ""
            self.lines.append(" " * (indent + 1) + name + json.dumps(inner, ensure_ascii=False) + ", # ]}")
        self.lines.append(" " * (indent + 1) + ("}" if isinstance(held, dict) else "]"))

    def mark(self, value, at, line):
        for pointer in pointers(value, at):
            self.found[pointer] = line


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(NAMES, VALUES, min_size=1, max_size=4), st.data())
def test_lines_of_yaml_are_those_of_its_keys(value, data):
    writer = Writer(data.draw)
    writer.entries(value, "", 0)
    line, read = finder("\n".join(writer.lines) + "\n")
    assert {pointer for pointer in pointers(read) if pointer} == set(writer.found)
    assert {pointer: line(pointer) for pointer in writer.found} == writer.found


@pytest.mark.parametrize(
    "written",
    [
        "{" + ",".join(f'"k{i}": {{"a": [1, 2, {{"b": "{{\\n"}}]}}' for i in range(60_000)) + "}",
        "".join(f"k{i}:\n  a:\n    - 1\n    - b: |\n        k1: 2\n" for i in range(30_000)),
        "a: {" + ",".join(f"k{i}: {{a: [1]}}" for i in range(60_000)) + "}\n" + "b: &b {c: 1}\n",
        "a: &a {b: 1}\n" + "".join(f"k{i}: *a\n" for i in range(20_000)),
        'a: "' + "\n  b: 1\n" * 50_000 + '"\nk5: 1\n',
        "a: " + " " * 300_000 + "b\nk5: 1",
    ],
    ids=["json", "blocks", "flow", "aliases", "quoted", "spaces"],
)
def test_lines_of_large_texts_take_no_time(written):
    line, value = finder(written)
    wanted = list(value)[:: max(1, len(value) // 50)]
    began = time.process_time()
    for name in wanted:
        line(f"/{name}/a/1/b")
    assert time.process_time() - began < 3

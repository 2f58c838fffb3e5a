"""JSON and YAML come out as the same plain values; what is none of them is one sentence, in bounded time and memory."""

import json
import math
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from byte.extract.documents import text
from byte.model.errors import SourceError


@pytest.mark.parametrize(
    "written, value",
    [
        ("yes", "yes"),
        ("No", "No"),
        ("on", "on"),
        ("off", "off"),
        ("y", "y"),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("12", 12),
        ("010", 10),
        ("0o7", 7),
        ("0x1F", 31),
        ("1e3", 1000.0),
        ("1.0", 1.0),
        ("3.10", 3.1),
        ("1:30", "1:30"),
        ("2020-01-01", "2020-01-01"),
        ("2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z"),
        ("'12'", "12"),
        ("!!str 12", "12"),
        (".nan", "nan"),
        ("-.inf", "-inf"),
        ("123456789012345678901234567890", 123456789012345678901234567890),
        ("|\n  a\n  b\n", "a\nb\n"),
        ("!!set {b, c}", {"b": None, "c": None}),
    ],
)
def test_a_scalar_of_yaml_is_what_its_core_schema_says(written, value):
    found = text.parse("a.yaml", f"a: {written}".encode()).value["a"]
    assert found == value
    assert type(found) is type(value)


def test_keys_are_texts():
    found = text.parse("a.yaml", b"200: a\ntrue: b\n~: c\n1.5: d\non: e\nlist: [{404: f}]").value
    assert found == {"200": "a", "true": "b", "null": "c", "1.5": "d", "on": "e", "list": [{"404": "f"}]}


def test_mappings_are_merged_as_other_tools_do():
    written = b"a: &a {x: 1, y: 2}\nb: &b {y: 3, z: 4}\nc:\n  <<: [*a, *b]\n  x: 0\nd: {<<: {<<: *a, x: 9}}\ne: {<<: 5}"
    found = text.parse("a.yaml", written).value
    assert found["c"] == {"x": 0, "y": 2, "z": 4}
    assert found["d"] == {"x": 9, "y": 2}
    assert found["e"] == {"<<": 5}


@pytest.mark.parametrize("name", ["a.json", "a.yaml", "-"])
@pytest.mark.parametrize("before", [b"", b" \n", b"\xef\xbb\xbf"])
def test_json_is_read_as_json_whatever_the_file_is_called(name, before):
    found = text.parse(name, before + b'{"a": [1, 2.5, "\\u00e9", null]}')
    assert (found.syntax, found.value) == ("json", {"a": [1, 2.5, "é", None]})


def test_flow_yaml_that_is_no_json_is_yaml():
    found = text.parse("a.yaml", b"{a: 1, 'b': [x, y,],}")
    assert (found.syntax, found.value) == ("yaml", {"a": 1, "b": ["x", "y"]})


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("written", ['{"a": "é"}', "a: é\n"])
def test_utf_16_with_its_mark_is_read(encoding, written):
    data = ("\ufeff" + written).encode(encoding)
    assert text.parse("a.yaml", data).value == {"a": "é"}


BAD = {
    "empty": (b"", "`a` is empty"),
    "blank": (b" \n\t\n", "`a` is empty"),
    "binary": (b"\x89PNG\r\n\x1a\n\0\0", "`a:2` holds the byte 0x1a"),
    "nul": (b"a: 1\nb: \0", "`a:2` holds the byte 0x00"),
    "latin 1": (b"a: 1\nb: \xe9t\xe9\n", "`a:2` holds a byte that is not UTF-8"),
    "half of utf-16": (b"\xff\xfea", "`a` is neither UTF-8 nor UTF-16"),
    "json cut off": (b'{"a": [1,', "`a:1:10` is not JSON: expecting value"),
    "json NaN": (b'["a", NaN]', "is not JSON that Byte reads"),
    "json too large a number": (b'["a", 1e999]', "out of range"),
    "json half a character": (b'["\\ud800"]', "is not JSON that Byte reads"),
    "json twice": (b'{"a": 1,\n"b": {"x": 1,\n"\\u0078": 2}}', '`a:3` has the key "x" a second time, after line 2'),
    "json twice behind a backslash": (b'{"a\\\\": 1, "a\\\\": 2}', 'has the key "a'),
    "json twice with spaces": (b'{"a" : ":", "a"\n: 2}', '`a:1` has the key "a" a second time'),
    "json twice with many spaces": (b'{"a": 1, "a"' + b" " * 5000 + b": 2}", '`a:1` has the key "a" a second time'),
    "json deep": (b"[" * 100_000, "nested deeper than 256"),
    "json deep and closed": (b'{"a":' * 300 + b"1" + b"}" * 300, "nested deeper than 256"),
    "yaml twice": (b"a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\n", '`a:5` has the key "c" a second time, after line 3'),
    "yaml twice in a flow": (b"a: {b: 1,\n b: 2}", '`a:2` has the key "b" a second time, after line 1'),
    "yaml twice as number and text": (b"200: a\n'200': b", 'has the key "200" twice'),
    "yaml list as a key": (b"? [a, b]\n: c", "has a list or a mapping as a key"),
    "yaml tab": (b"a:\n\tb: 1", "`a:2:2` is not YAML: tabs"),
    "yaml quote": (b"a: 'b", "is not YAML: unclosed quote"),
    "yaml anchor": (b"a: *b", "unknown anchor"),
    "yaml flow deep": (b"a: " + b"[" * 100_000, "nested deeper than 256"),
    "yaml dashes deep": (b"- " * 20_000, "nested deeper than 256"),
    "yaml dashes less deep": (b"- " * 400 + b"a", "nested deeper than 256"),
    "yaml blocks deep": (b"".join(b" " * i + b"a:\n" for i in range(2000)), "nested deeper than 256"),
    "yaml merged deep": (b"".join(b" " * i + b"<<:\n" for i in range(600)) + b" " * 600 + b"a: 1", "nested deeper"),
    "yaml billion laughs": (
        b"a: &a [x,x,x,x,x,x,x,x,x]\n"
        + b"".join(b"%c: &%c [%s]\n" % (98 + i, 98 + i, b",".join([b"*%c" % (97 + i)] * 9)) for i in range(9)),
        "repeats too much by its aliases",
    ),
    "yaml long text repeated": (
        b"a: &a "
        + b"x" * 1_000_000
        + b"\nb: &b ["
        + b",".join([b"*a"] * 100)
        + b"]\nc: ["
        + b",".join([b"*b"] * 50)
        + b"]",
        "repeats too much by its aliases",
    ),
    "several values": (b"a: 1\nb: 2\nc", "is not YAML"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_read_is_one_sentence(case):
    data, said = BAD[case]
    began = time.process_time()
    with pytest.raises(SourceError) as error:
        text.parse("a", data)
    message = str(error.value)
    assert said in message
    assert "\n" not in message
    assert message.endswith(".")
    assert len(message) < 300
    assert time.process_time() - began < 5


def test_a_comma_too_many_is_yaml_but_no_json():
    data = b'{"a": 1,\n}'
    assert text.parse("a.yaml", data).value == {"a": 1}
    with pytest.raises(SourceError, match=r"`a.json:2:1` is not JSON: "):
        text.parse("a.json", data)


def test_keys_that_only_look_as_if_they_stood_twice_are_none():
    value = {'a":': 1, '"a": ': [":a", ":", '":'], "\\": 2, '\\"': 3, "b": {"a": 1}, "c": {"a": 1}}
    assert text.parse("a.json", json.dumps(value).encode()).value == value


TOO_MUCH = """
from pathlib import Path
from byte.extract.documents import text
from byte.model.errors import SourceError
data = {}
try:
    text.parse("a", data)
    print("read")
except SourceError as error:
    print(error)
# Not getrusage: what that says includes the process that this one was forked from.
print(next(line.split()[1] for line in Path("/proc/self/status").open() if line.startswith("VmHWM:")))
"""


@pytest.mark.parametrize(
    "made, said",
    [
        ('b"[" + b"{},"*17_000_000 + b"1]"', "holds more than 4,000,000 values"),
        ('b"a: [" + b"1,"*25_000_000 + b"1]"', "holds more than 4,000,000 values"),
        ('b"a:\\n" + b"- 1\\n"*12_000_000', "holds more than 4,000,000 values"),
        ('b\'{"a": "\' + b"x"*50_000_000 + b\'"}\'', "read"),
        ('b"x"*(65 << 20)', "Byte reads at most 67 MB"),
    ],
)
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is read from /proc")
def test_fifty_megabytes_are_read_or_refused_in_bounded_time_and_memory(made, said):
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", TOO_MUCH.replace("{}", made, 1)], capture_output=True, text=True, check=True, timeout=60
    )
    told, peak = done.stdout.strip().splitlines()
    assert said in told
    assert int(peak) < 600_000
    assert time.monotonic() - began < 30


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.text(), VALUES, max_size=4), st.sampled_from([None, 1]))
def test_json_comes_out_as_it_was_written(value, indent):
    found = text.parse("a.json", json.dumps(value, indent=indent).encode()).value
    assert found == value
    assert repr(found) == repr(value) or any(isinstance(v, float) and math.isinf(v) for v in value.values())


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.text('ab:\\"', max_size=3), st.text('ab:\\" ', max_size=4), min_size=1), st.data())
def test_a_key_that_stands_twice_is_always_found(value, data):
    keys = [*value, data.draw(st.sampled_from(list(value)))]
    written = "{" + ",".join(f"{json.dumps(key)}:{json.dumps(value[key])}" for key in keys) + "}"
    with pytest.raises(SourceError, match="a second time"):
        text.parse("a.json", written.encode())
    assert text.parse("a.json", json.dumps(value).encode()).value == value

"""Languages of patterns: what is said of them holds for Python's `re`, for every short string, and for a validator."""

import re
import time
from itertools import product

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from byte.compare.schema import regular
from byte.compare.schema.answers import No, Undecided, Yes
from byte.compare.schema.pattern import Unsupported
from byte.compare.schema.regular import EVERYTHING, NOTHING, Language, both, either, language, lengths, other, words

SHORT = ["".join(letters) for size in range(5) for letters in product("ab1-", repeat=size)]
PATTERNS = (
    "a", "^a", "a$", "^a$", "^a|b$", "(^a)", "a*", "^a*$", "^(a|b)+$", "^[ab]{2,3}$", "a?b", "^$", "$^", "^", "", "a|",
    "[^a]", "^[^a-]+$", "(a|^)b", "a(b|$)", "^(a+)+$", "b{2}", "^a{0,2}b?$", r"^\w+$", r"\d", r"^\D*$", "^(ab|1)*$",
    "^(?:a|b$|1-)+", "[a-]", r"[\d-]", "(a*)*", "(^|a)(b|$)", "^.$", "a{2,}$", "a^", "^(?:a?){2}$", "(?:a|b){2}1",
)  # fmt: skip


def known(pattern: str) -> Language:
    found = language(pattern)
    assert not isinstance(found, Unsupported), (pattern, found)
    return found


def searched(pattern: str, text: str) -> bool:
    """What Python says, whose `$` would also match before a final line break."""
    return re.search(pattern.replace("$", r"\Z"), text, re.ASCII) is not None


def atoms() -> st.SearchStrategy[str]:
    return st.sampled_from(["a", "b", "1", "-", ".", "[ab]", "[^a]", r"\d", r"\w", r"\D", "^", "$", "[a-b1]", "(?:)"])


def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    counts = st.sampled_from(["*", "+", "?", "*?", "{2}", "{1,}", "{0,2}", "{1,2}?"])
    return st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda pair: f"(?:{pair[0]}|{pair[1]})"),
        st.tuples(inner, counts).map(lambda pair: f"({pair[0]}){pair[1]}"),
    )


PATTERN = st.recursive(atoms(), grown, max_leaves=8)


@given(PATTERN, st.lists(st.text("ab1-c\n", max_size=6), min_size=1, max_size=20))
def test_a_text_is_accepted_where_python_finds_the_pattern_in_it(pattern: str, texts: list[str]) -> None:
    for text in texts:
        if "\r" not in text:
            assert regular.accepts(known(pattern), text) == searched(pattern, text), (pattern, text)


@given(PATTERN, PATTERN)
def test_inclusion_is_refuted_by_a_member_or_by_no_short_text(one: str, two: str) -> None:
    answer = regular.inclusion(known(one), known(two))
    if isinstance(answer, No):
        assert searched(one, answer.witness)
        assert not searched(two, answer.witness)
    else:
        assert answer == Yes()
        assert [text for text in SHORT if searched(one, text) and not searched(two, text)] == []


@given(PATTERN, PATTERN, st.integers(0, 3), st.integers(0, 4))
def test_the_algebra_is_that_of_sets(one: str, two: str, low: int, high: int) -> None:
    left, right, sized = known(one), known(two), lengths(low, high)
    for text in SHORT[::7]:
        a, b, c = searched(one, text), searched(two, text), low <= len(text) <= high
        assert regular.accepts(both(left, other(right)), text) == (a and not b)
        assert regular.accepts(either(left, both(right, sized)), text) == (a or (b and c))
        assert regular.accepts(other(either(left, sized)), text) == (not (a or c))


@given(PATTERN, st.integers(0, 4), st.integers(0, 4))
def test_the_shortest_member_is_found_within_lengths(pattern: str, low: int, high: int) -> None:
    within = both(known(pattern), lengths(low, high))
    found = regular.find(within)
    members = [text for text in SHORT if low <= len(text) <= high and searched(pattern, text)]
    if found is None:
        assert members == []
    else:
        assert isinstance(found, str)
        assert searched(pattern, found)
        assert low <= len(found) <= (min(map(len, members)) if members else high)


@given(PATTERN)
def test_the_range_of_lengths_is_that_of_the_members(pattern: str) -> None:
    found = regular.length_range(known(pattern))
    sizes = {len(text) for text in SHORT if searched(pattern, text)}
    if found is None:
        assert not sizes
        return
    assert not isinstance(found, Undecided)
    assert all(size >= found.low and (found.high is None or size <= found.high) for size in sizes)
    for size in (found.low, found.high):
        if size is not None:
            assert isinstance(regular.find(both(known(pattern), lengths(size, size))), str)
    beyond = 500 if found.high is None else found.high + 1
    assert (regular.find(both(known(pattern), lengths(beyond))) is None) == (found.high is not None)


def test_inclusion_of_every_pair_agrees_with_every_short_text() -> None:
    members = {pattern: {text for text in SHORT if searched(pattern, text)} for pattern in PATTERNS}
    said = {Yes: 0, No: 0}
    for one, two in product(PATTERNS, repeat=2):
        answer = regular.inclusion(known(one), known(two))
        said[type(answer)] += 1
        if isinstance(answer, Yes):
            assert members[one] <= members[two], (one, two)
        else:
            assert isinstance(answer, No)
            assert searched(one, answer.witness)
            assert not searched(two, answer.witness)
    assert min(said.values()) > 100


@pytest.mark.parametrize(
    "pattern, members, others",
    [
        (r"\A[a-z]+\Z", "ab", "ab\n"),
        (r"\Aab\z", "ab", "xab"),
        ("^(?i)ab$", "aB", "aBc"),
        ("(?i:a)b", "Ab", "AB"),
        ("(?i)k", "\u212a", "l"),
        ("(?i)É", "é", "e"),
        ("^(?i)[^a]$", "b", "A"),
        ("^.$", "\U0001f600", "\n"),
        ("^(?s).$", "\n", ""),
        (r"^\s$", "\ufeff", "\x85"),
        (r"^\w$", "_", "é"),
        (r"^\p{L}+$", "éЖa", "1"),
        (r"^\p{Lu}\P{Lu}$", "Éa", "éa"),
        (r"^\p{Letter}$", "é", "-"),
        (r"^\p{Cn}$", "\U000e0fff", "a"),
        (r"^\x41\u0042\u{43}$", "ABC", "ab"),
        (r"^\ud83d\ude00$", "\U0001f600", "\ufffd"),
        (r"^\cA\t\0$", "\x01\t\0", "A"),
        (r"^[\b]$", "\x08", "b"),
        (r"^[\w-.]$", "-", ","),
        (r"^[a\]-]+$", "a]-", "\\"),
        (r"^a\-\/b$", "a-/b", "ab"),
        ("^{a}$", "{a}", "a"),
        ("^a{,2}$", "a{,2}", "aa"),
        ("(?<year>a)(?P<b>b)", "ab", "ba"),
        ("^(?!a)[a-z]+$", "ba", "ab"),
        ("^(?!.*--)[a-z-]+$", "a-b", "a--b"),
        (r"^(?=.*\d)(?=.*[a-z]).{3,}$", "a1b", "abc"),
        (r"(?!^\d+$)^[a-z0-9]+$", "1a", "11"),
        ("^(?!(?:x|y)$)|b$", "xy", "x"),
        ("^a.*(?<!b)$", "abc", "acb"),
        ("^(?!(?!a)b)", "ab", "ba"),
        ("(?=a)^", "ab", "ba"),
    ],
)
def test_spellings_mean_what_documents_mean(pattern: str, members: str, others: str) -> None:
    assert regular.accepts(known(pattern), members) is True
    assert regular.accepts(known(pattern), others) is False


@pytest.mark.parametrize(
    "pattern, why",
    [
        ("a(?=b)c", "a lookaround in the middle"),
        ("^((?!a).)*$", "a lookaround in a group"),
        ("(?!a)b", "a lookaround in the middle"),
        (r"(a)\1", "a backreference"),
        (r"(?<n>a)\k<n>", "a backreference"),
        (r"\ba", "a word boundary"),
        ("a++", "a quantifier of a quantifier"),
        ("*a", "a quantifier of nothing"),
        ("(a", "a group that is not closed"),
        ("a)", "a `)` without its `(`"),
        ("[a", "a class that is not closed"),
        ("[z-a]", "a range that runs backwards"),
        ("a{2,1}", "a repetition that runs backwards"),
        ("a{1000000000}", "a repetition of more than a hundred thousand times"),
        ("[[:alpha:]]", "the class `[:alpha:`"),
        ("[]a]", "a class that starts with `]`"),
        (r"\h", r"the escape `\h`"),
        (r"\xg", r"the escape `\xg`"),
        (r"\p{Script=Greek}", r"the property `\p{Script=Greek}`"),
        (r"\p{}", r"the property `\p{}`"),
        ("(?m)^a", "the flag `m`"),
        ("(?>a)", "the group `(?>a`"),
        ("a\\", "the escape `\\`"),
        ("a" * 20_000, "longer than 10000 characters"),
        ("(" * 9_000, "groups nested more than 40 deep"),
        ("(x{1000}){1000}", "too large"),
        ("(((()){1000}){1000}){1000}", "too large"),
    ],
)
def test_what_is_not_understood_is_named(pattern: str, why: str) -> None:
    assert language(pattern) == Unsupported(why)


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+$", "(x{1000}){1000}", "a" * 100_000, "(" * 10_000 + "a" + ")" * 10_000, "(a|a)*b", "(a|b)*a(a|b){18}$",
        "[a-z]{1,2000}$", "^(" + "a?" * 3000 + ")*$", "(?:a|b)*" * 1000, "[" + "a-z" * 3000 + "]", "a" * 9_000,
        "|".join(chr(0x4E00 + number) for number in range(3000)), r"\p{L}+" * 500, "^.{1,4000}$", "(?i)é*" * 500,
        "(" * 39 + "a" + "*)" * 39, "[" * 10_000, "(?:" * 3_000, "a{99999}" * 5, "^(?!" * 39 + "a" + ")" * 39,
        "(?i)" + "".join(map(chr, range(0x400, 0x2A00))), "(?i)" + "[é-\uffff]" * 1500,
        "(?i)" + "".join(f"[{chr(0xC0 + number)}-\uffff]" for number in range(1500)), r"\p{L}" * 1900,
        "".join(r"[\p{L}" + chr(0x4E00 + number) + "]" for number in range(1200)), "(?:(?:a{0,9}){0,9}){0,9}$",
        "^(a{3}|b{5}|a{7}|a{11}|a{13}|a{17}|a{19})*$",
    ],
)  # fmt: skip
def test_hostile_patterns_are_answered_or_refused_at_once(pattern: str) -> None:
    before = time.process_time()
    found = language(pattern)
    if not isinstance(found, Unsupported):
        regular.inclusion(found, known("^[ab]{1,200}$"))
        regular.inclusion(known("^[ab]{1,200}$"), found)
    assert time.process_time() - before < 1.5  # 0.2 s where the machine is idle


def test_the_same_question_gets_the_same_answer_after_others() -> None:
    one, two = known("(a|b)*a(a|b){15}$"), known("(a|b)*a(a|b){14}$")
    first = regular.inclusion(one, two)
    assert first == Undecided("the search took too long")
    for size in range(6):
        regular.find(both(one, lengths(size)))
    assert regular.inclusion(one, two) == first


def test_lengths_beyond_any_memory_are_decided() -> None:
    assert regular.inclusion(lengths(0, 2**31), lengths(0, 2**32)) == Yes()
    assert regular.inclusion(lengths(0, 2**32), lengths(0, 2**31)) == Undecided(
        "a text of it has 2147483649 characters"
    )
    assert regular.inclusion(both(known("^(ab)*$"), lengths(2**40, 2**40)), known("b$")) == Yes()
    assert regular.find(both(known("^(aaa)*$"), lengths(3 * 10**9 + 1, 3 * 10**9 + 2))) is None
    assert regular.inclusion(lengths(0, 70_000), lengths(0, 65_535)) == No("a" * 65_536)
    assert regular.inclusion(known("^[a-z]{1,60}$"), lengths(1, 60)) == Yes()


def test_words_are_themselves_only() -> None:
    listed = words(["b", "a", "", "a|b", "b"])
    assert not isinstance(listed, Unsupported)
    assert [text for text in SHORT if regular.accepts(listed, text)] == ["", "a", "b"]
    assert regular.accepts(listed, "a|b")
    assert regular.inclusion(listed, lengths(0, 3)) == Yes()
    assert regular.find(both(other(listed), lengths(0, 1))) == "c"
    assert words([]) == NOTHING


@pytest.mark.parametrize(
    "pattern, member",
    [
        (r"^[\x00-\x7f]$", "a"),
        (r"^[\x00-\x40]$", "0"),
        (r"^[^a-zA-Z0-9]$", "-"),
        (r"^[\x00-\x20]$", " "),
        (r"^[\x00-\x1fé]$", "é"),
        (r"^[\u0400-\uffff]{2}$", "ЖЖ"),
        (r"^[\ud7ff-\uffff]$", "\uf900"),
        (r"^[^\x00-\x7f]$", "é"),
        ("[A-Z]{2}x?", "AA"),
    ],
)
def test_witnesses_can_be_read(pattern: str, member: str) -> None:
    found = regular.find(known(pattern))
    assert isinstance(found, str)
    assert found.isprintable()
    assert found == member


def test_no_text_holds_a_surrogate() -> None:
    assert regular.find(known(r"[\ud800-\udfff]")) is None
    assert regular.accepts(EVERYTHING, "\ud800") is False
    assert regular.find(other(known(r"^[\u0000-\ud7ff\ue000-\u{10ffff}]*$"))) is None


def test_equal_languages_hold_each_other_and_equal_patterns_are_equal() -> None:
    for one, two in (("^(a|b)*$", "^[ab]*$"), ("^[ab]*$", "^(a|b)*$"), ("^a+$", "^a*$")):
        assert regular.inclusion(known(one), known(two)) == Yes()
    assert regular.inclusion(known("^a*$"), known("^a+$")) == No("")
    assert known("^a+$") == known("^(?:a)+$")
    assert hash(known("^a+$")) == hash(known("^(a)+$"))


@pytest.mark.parametrize("pattern", [p for p in PATTERNS if "^*" not in p] + [r"^\p{Lu}+$", r"^\s\S$", "^[^é]+$"])
def test_a_validator_agrees_on_members_and_on_others(pattern: str) -> None:
    validator = jsonschema_rs.Draft202012Validator({"type": "string", "pattern": pattern})
    for size in range(4):
        for within, valid in ((known(pattern), True), (other(known(pattern)), False)):
            text = regular.find(both(within, lengths(size, size)))
            if isinstance(text, str):
                assert validator.is_valid(text) is valid, text

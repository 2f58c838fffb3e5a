"""Revision files: identifiers and operations."""

import pytest

from byte.extract import alembic, python
from byte.model import facts as f

HEAD = "from alembic import op\nimport sqlalchemy as sa\nrevision = 'b'\ndown_revision = 'a'\n"


def read(upgrade: str, head: str = HEAD) -> f.Migration:
    body = "".join(f"    {line}\n" for line in upgrade.splitlines())
    found = alembic.read("versions/b.py", python.parse(f"{head}def upgrade():\n{body or '    pass'}\n".encode()))
    assert found is not None
    return found


@pytest.mark.parametrize(
    "code, wanted",
    [
        ("op.add_column('t', sa.Column('c', sa.Integer()))", "add_column t c"),
        ("op.drop_column('t', 'c')", "drop_column t c"),
        ("op.drop_column(table_name='t', column_name='c')", "drop_column t c"),
        ("op.create_table('t', sa.Column('a', sa.Integer()), sa.Column('b', sa.String()))", "create_table t a b"),
        ("op.create_index('i', 't', ['a', 'b'])", "create_index t a b"),
        ("op.create_index(op.f('i'), 't', ['a'], unique=True)", "create_index t a"),
        ("op.alter_column('t', 'c', nullable=False)", "alter_column t c"),
        (
            "with op.batch_alter_table('t') as batch_op:\n    batch_op.add_column(sa.Column('c', sa.Integer()))",
            "add_column t c",
        ),
        ("with op.batch_alter_table('t', schema=None) as b:\n    b.create_index('i', ['a'])", "create_index t a"),
        ("op.rename_table('t', 'u')", "rename_table t u"),
    ],
)
def test_operations(code: str, wanted: str) -> None:
    (found,) = read(code).ops
    assert " ".join([found.kind, found.table or "-", *found.columns]) == wanted


@pytest.mark.parametrize(
    "down, wanted",
    [("None", ()), ("'a'", ("a",)), ("('a', 'c')", ("a", "c")), ("['a']", ("a",))],
)
def test_parents(down: str, wanted: tuple[str, ...]) -> None:
    assert read("pass", f"revision: str = 'b'\ndown_revision: str | None = {down}\n").down == wanted


@pytest.mark.parametrize(
    "code, raw",
    [
        ("op.drop_column('t', 'c')", False),
        ("op.execute('UPDATE t SET a = 1')", True),
        ("op.execute(sa.text('SET lock_timeout = 1'))", False),
        ("for t in tables:\n    op.drop_table(t)", True),
        ("bind = op.get_bind()", True),
    ],
)
def test_raw(code: str, raw: bool) -> None:
    assert read(code).raw is raw


def test_other_files_are_no_revisions() -> None:
    assert alembic.read("a.py", python.parse(b"revision = 'b'\n")) is None
    assert alembic.read("a.py", python.parse(b"down_revision = 'b'\n")) is None

"""action.yml and .pre-commit-hooks.yaml: their structure, and that no input is pasted into a script."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml_rs

from byte.report.comment import MARKER

ROOT = Path(__file__).parents[2]


def load(name):
    return yaml_rs.loads((ROOT / name).read_text("utf-8"))


ACTION = load("action.yml")
STEPS = ACTION["runs"]["steps"]
SCRIPTS = {step["name"]: step["run"] for step in STEPS if "run" in step}


def test_the_action_is_a_composite_with_described_inputs():
    assert ACTION["runs"]["using"] == "composite"
    assert {"range", "path", "fail-on", "comment"} <= set(ACTION["inputs"])
    assert all(part["description"] for kind in ("inputs", "outputs") for part in ACTION[kind].values())
    assert "fetch-depth: 0" in ACTION["description"]


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_no_expression_is_pasted_into_a_script(script):
    assert "${{" not in script


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_scripts_are_bash(script):
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("bash is not installed")
    checked = subprocess.run([bash, "-n"], input=script, text=True, capture_output=True, check=False)
    assert checked.stderr == ""


def test_every_step_with_a_script_names_its_shell():
    assert all(step["shell"] == "bash" for step in STEPS if "run" in step)


def test_outputs_are_written_by_the_review():
    for name, output in ACTION["outputs"].items():
        assert output["value"] == f"${{{{ steps.review.outputs.{name} }}}}"
        assert f'echo "{name}=' in SCRIPTS["Review"]


def test_inputs_that_are_read_exist():
    used = set(re.findall(r"inputs\.([a-z-]+)", (ROOT / "action.yml").read_text("utf-8")))
    assert used == set(ACTION["inputs"])


def test_the_comment_is_found_by_its_marker():
    assert f'startswith("{MARKER}")' in SCRIPTS["Comment"]


def test_the_hook_reviews_the_change_as_a_whole():
    (hook,) = load(".pre-commit-hooks.yaml")
    assert hook["id"] == "byte-review"
    assert hook["language"] == "python"
    assert hook["pass_filenames"] is False
    assert hook["entry"].split()[:2] == ["byte", "review"]

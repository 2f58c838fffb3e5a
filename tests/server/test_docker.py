"""The Dockerfile and the compose file fit what is here: they are not built in continuous integration."""

import re
from pathlib import Path
from typing import Any

import yaml_rs

from byte.server.settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE: Any = yaml_rs.loads((ROOT / "compose.yaml").read_text())


def test_every_setting_that_is_named_exists():
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    named = set(re.findall(r"\bBYTE_[A-Z_]+\b", DOCKERFILE + (ROOT / "compose.yaml").read_text()))
    assert named <= known
    assert {"BYTE_HOST", "BYTE_DATA_FOLDER", "BYTE_DATABASE_URL"} <= named


def test_all_that_is_copied_is_there_and_let_through():
    allowed = {line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text().split() if line.startswith("!")}
    copied = [line.split()[1:-1] for line in DOCKERFILE.splitlines() if re.match(r"COPY (?!--from)", line)]
    for source in (one for sources in copied for one in sources):
        assert (ROOT / source).exists(), source
        assert source.partition("/")[0] in allowed, source


def test_the_image_runs_as_nobody_special_and_says_how_it_is():
    stages = DOCKERFILE.split("\nFROM ")
    last = stages[-1]
    assert "\nUSER byte" in last
    assert "/health/live" in last
    assert last.index("USER byte") < last.index("ENTRYPOINT")
    assert all(re.match(r"\S+:[\d.]+\S*", stage) for stage in stages[1:]), "an image without a version"


def test_the_services_have_images_health_and_no_password_of_their_own():
    services = COMPOSE["services"]
    assert set(services) == {"registry", "database"}
    assert services["registry"]["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert "healthcheck" in services["database"]
    for service in services.values():
        for name, value in service["environment"].items():
            assert "PASSWORD" not in name or value.startswith("${POSTGRES_PASSWORD:?")
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))
        for volume in service.get("volumes", ()):
            assert volume.partition(":")[0] in COMPOSE["volumes"]

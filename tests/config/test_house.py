"""The house: its layout, its floors and its files."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = {"site", "home", "activities", "newsletter", "templates", "locale", "media", "tests"}
FILES = {"manage.py", "requirements.txt", "README.md", "Makefile", "pyproject.toml", ".env.example", ".gitignore"}
HIDDEN = {".ci"}


def tracked() -> list[str]:
    """The project's files: what git tracks and what it would."""
    done = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        pytest.skip("not a git checkout")
    return [line for line in done.stdout.splitlines() if (ROOT / line).exists()]


def test_the_top_level_holds_nothing_but_the_agreed_names():
    top = {line.split("/")[0] for line in tracked()}
    assert top <= FOLDERS | FILES | HIDDEN
    assert top >= FOLDERS


def test_no_python_file_at_the_top_shadows_a_package():
    assert [path.name for path in ROOT.glob("*.py")] == ["manage.py"]


@pytest.mark.parametrize("folder", ["site", "locale", "templates", "media", "tests"])
def test_drawers_are_no_packages(folder):
    assert not (ROOT / folder / "__init__.py").exists()


def test_the_media_folder_is_kept_but_its_files_are_not():
    assert [line for line in tracked() if line.startswith("media/")] == ["media/.gitignore"]


def test_every_variable_that_the_settings_read_stands_in_the_example():
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "site/config").rglob("*.py"))
    read = set(re.findall(r"env\.\w+\(\s*\"([A-Z_]+)\"", code)) | set(re.findall(r"required\(\"([A-Z_]+)\"\)", code))
    example = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
    assert read == example


@pytest.mark.parametrize("name", ["requirements.txt", "tests/requirements.txt"])
def test_the_requirements_are_hashed_and_name_no_index(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    pins = re.findall(r"^[A-Za-z0-9_.\[\]-]+==", text, re.MULTILINE)
    assert len(pins) > 20
    assert text.count("--hash=sha256:") >= len(pins)
    assert not re.search(r"^\s*(-i|--index-url|--extra-index-url|--find-links|-f|--trusted-host)\b", text, re.MULTILINE)
    assert "://" not in text


def test_the_readme_names_every_make_target_that_ci_runs():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for command in re.findall(r"^make \S+", (ROOT / ".ci/run").read_text(encoding="utf-8"), re.MULTILINE):
        assert command in readme


def test_production_refuses_to_start_without_its_key(tmp_path):
    environment = {key: value for key, value in os.environ.items() if key in ("PATH", "HOME", "LANG")}
    environment |= {"DJANGO_SETTINGS_MODULE": "config.settings.production", "VAR_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "SECRET_KEY is not set" in done.stderr
    assert "Traceback" not in done.stderr


def test_every_test_that_the_documents_name_exists():
    named = {
        tuple(found)
        for path in (ROOT / "site/docs").glob("*.md")
        for found in re.findall(r"`(tests/[\w/]+\.py)(?:::(test_\w+))?`", path.read_text(encoding="utf-8"))
    }
    assert len(named) > 50
    texts = {path: (ROOT / path).read_text(encoding="utf-8") for path, _name in named if (ROOT / path).is_file()}
    gone = [f"{path}::{name}" for path, name in named if f"\ndef {name}(" not in texts.get(path, "") and name]
    assert [*gone, *(path for path, _name in named if path not in texts)] == []

"""Private files: where they lie, and how they are handed out."""

import os
import stat
from pathlib import Path

import pytest
from django.core.exceptions import SuspiciousOperation
from django.core.files.base import ContentFile
from django.db import models
from django.db.migrations.writer import MigrationWriter
from django.db.models.fields.files import FieldFile

from center.intake.storage import PrivateStorage, private_storage, stream_private


@pytest.fixture
def storage(settings, tmp_path) -> PrivateStorage:
    settings.PRIVATE_ROOT = str(tmp_path / "private")
    return private_storage()


@pytest.fixture
def stored(storage) -> FieldFile:
    """A field's file, as a view has it in hand."""
    name = storage.save("notices/0123abcd.pdf", ContentFile(b"%PDF-1.7 x"))
    return FieldFile(instance=None, field=models.FileField(storage=private_storage), name=name)


def test_private_files_are_readable_by_the_servers_own_user_alone(storage, settings):
    name = storage.save("notices/2026/x.pdf", ContentFile(b"x"))
    path = Path(storage.path(name))
    assert path.is_relative_to(settings.PRIVATE_ROOT)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for folder in (path.parent, path.parent.parent, Path(settings.PRIVATE_ROOT)):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_private_files_are_not_under_the_public_media(storage, settings):
    assert not Path(storage.path("x")).is_relative_to(settings.MEDIA_ROOT)


def test_a_private_file_has_no_address(storage):
    with pytest.raises(ValueError, match="no address"):
        storage.url("x.pdf")


@pytest.mark.parametrize("name", ["../x.pdf", "/etc/passwd", "a/../../x.pdf"])
def test_nothing_is_stored_outside_the_private_folder(storage, name):
    with pytest.raises(SuspiciousOperation):
        storage.save(name, ContentFile(b"x"))


def test_the_place_follows_the_setting_of_the_moment(storage, settings, tmp_path):
    settings.PRIVATE_ROOT = str(tmp_path / "elsewhere")
    assert storage.path("x") == str(tmp_path / "elsewhere" / "x")


def test_migrations_name_the_function_and_no_folder_of_this_machine():
    written, _imports = MigrationWriter.serialize(models.FileField(storage=private_storage))
    assert "center.intake.storage.private_storage" in written
    assert os.sep + "private" not in written


def test_a_private_file_comes_as_a_download_that_nothing_runs_or_keeps(stored):
    response = stream_private(stored, filename="ちらし.pdf", content_type="application/pdf")
    assert b"".join(response.streaming_content) == b"%PDF-1.7 x"
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''%E3%81%A1%E3%82%89%E3%81%97.pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Cache-Control"] == "private, no-store"
    assert response["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("content_type", ["text/html", "image/svg+xml", "application/javascript", ""])
def test_a_type_that_browsers_run_is_not_told(stored, content_type):
    response = stream_private(stored, filename="x", content_type=content_type)
    assert response["Content-Type"] == "application/octet-stream"


def test_a_name_cannot_add_a_header(stored):
    response = stream_private(stored, filename='x"; filename="evil.html\r\nSet-Cookie: a=b', content_type="text/plain")
    assert "\n" not in response["Content-Disposition"]
    assert not response.has_header("Set-Cookie")


def test_a_file_that_is_gone_is_an_error_with_a_name(storage):
    lost = FieldFile(instance=None, field=models.FileField(storage=private_storage), name="lost.pdf")
    with pytest.raises(FileNotFoundError):
        stream_private(lost, filename="x", content_type="text/plain")

"""Whether this database may send from this machine.

The row `Instance` and a file of the same identity outside the database belong together. The row is committed before
the file is written, and both before the relay hears of a mail; so a file that is ahead of its row was written by
another life of the same database, and whoever was mailed in it is not marked here.
"""

import os
import uuid
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import F

from newsletter.models import Instance


class RefusesToSend(Exception):
    """This database is a copy: sending from it could mail people twice."""


def check_instance() -> None:
    """Make sure that this database sends from here; a database that never sent is taken on. Raises RefusesToSend."""
    row = Instance.objects.first()
    if row is None:
        take_over()
        return
    path = _path(row.identity)
    try:
        written = int(path.read_text())
    except (FileNotFoundError, ValueError):
        raise RefusesToSend(
            f"このデータベースはここで作られたものではないため、何も送りません（{path} がありません）。"
            "元の場所で送っていないことを確かめてから send_issues --take-over で始めてください。"
        ) from None
    row.refresh_from_db()  # after the file was read: another worker here may just have taken a claim
    if written > row.epoch:
        raise RefusesToSend(
            "このデータベースは、ここから送った時より古いものです。二重に届くおそれがあるため、何も送りません。"
            "送信中の号を確かめてから send_issues --take-over で始めてください。"
        )


def advance_epoch() -> int:
    """Count one more claim, in the caller's transaction; after its commit give the answer to `write_epoch`."""
    Instance.objects.filter(pk=1).update(epoch=F("epoch") + 1)
    return Instance.objects.values_list("epoch", flat=True).get(pk=1)


def write_epoch(epoch: int) -> None:
    """Note outside the database how far it has come."""
    _write(Instance.objects.values_list("identity", flat=True).get(pk=1), epoch)


def take_over() -> None:
    """Let this database send from this machine, under a new identity. A person decides that, or it never sent."""
    identity = str(uuid.uuid4())
    epoch = Instance.objects.filter(pk=1).values_list("epoch", flat=True).first() or 0
    _write(identity, epoch)
    with transaction.atomic():
        Instance.objects.update_or_create(pk=1, defaults={"identity": identity})


def _path(identity: str) -> Path:
    return Path(settings.INSTANCE_DIR) / identity


def _write(identity: str, epoch: int) -> None:
    path = _path(identity)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{identity}.{os.getpid()}")
    with unfinished.open("w") as file:
        file.write(str(epoch))
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)

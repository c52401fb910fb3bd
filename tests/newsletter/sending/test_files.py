"""The outbox folder: mails as files that people can read."""

import email
import os
from datetime import timedelta
from email import policy

from center.outbox import enqueue
from newsletter.models import Delivery, Rendering
from newsletter.sending.files import FileTransport
from newsletter.slots import personal_url
from newsletter.tokens import personal_token


def test_every_mail_is_a_file_that_can_be_read_with_the_eyes(issue, worker, tmp_path, clock) -> None:
    enqueue(kind="notice-receipt", to="dantai@group.example", subject="受付", text="受け付けました。", now=clock())
    worker(transport=FileTransport(tmp_path)).run()

    names = sorted(path.name for path in tmp_path.iterdir())
    assert len(names) == 4 and all(name.endswith(".eml") for name in names)
    assert [name[:21] for name in names] == ["20261201-100100-issue"] * 3 + ["20261201-100100-notic"]
    delivery = Delivery.objects.get(email="aki@reader.example")
    (path,) = [path for path in tmp_path.iterdir() if b"To: aki@" in path.read_bytes()]
    assert "こんにちは、センターです。" in path.read_text()
    assert personal_url(personal_token(delivery.subscriber_id)) in path.read_text()
    mail = email.message_from_bytes(path.read_bytes(), policy=policy.default)
    rendering = Rendering.objects.get()
    assert mail["Subject"] == rendering.subject and mail["Message-ID"] == delivery.message_id
    token = personal_token(delivery.subscriber_id)
    for part, source in zip(mail.iter_parts(), (rendering.text, rendering.html), strict=True):
        assert part.get_content() == source.replace(personal_url(), personal_url(token))
        assert part["Content-Transfer-Encoding"] == "8bit"


def test_a_text_with_endless_lines_is_still_a_mail(issue, worker, tmp_path) -> None:
    Rendering.objects.update(html="<p>" + "あ" * 9_000 + "</p>")
    worker(transport=FileTransport(tmp_path)).run()

    for path in tmp_path.iterdir():
        assert max(map(len, path.read_bytes().split(b"\n"))) <= 998
        mail = email.message_from_bytes(path.read_bytes(), policy=policy.default)
        assert mail.get_body(("html",)).get_content() == "<p>" + "あ" * 9_000 + "</p>"


def test_the_same_message_written_again_is_the_same_file(centre, worker, tmp_path, clock) -> None:
    row = enqueue(kind="receipt", to="dantai@group.example", subject="受付", text="一度目", now=clock())
    worker(transport=FileTransport(tmp_path)).run()
    clock.forward(hours=1)
    type(row).objects.update(state="pending", text="二度目")
    worker(transport=FileTransport(tmp_path)).run()

    (path,) = tmp_path.iterdir()
    assert "二度目" in path.read_text() and path.name.startswith("20261201-100100-receipt-")


def test_a_folder_that_cannot_be_written_to_defers(centre, worker, tmp_path, clock) -> None:
    row = enqueue(kind="receipt", to="dantai@group.example", subject="受付", text="受付", now=clock())
    (tmp_path / "file").write_text("not a folder")
    tally = worker(transport=FileTransport(tmp_path / "file")).run()

    row.refresh_from_db()
    assert row.state == "deferred" and row.next_try_at - clock() < timedelta(minutes=2)
    assert tally.relay_trouble.startswith("file:")


def test_nothing_unfinished_is_ever_seen(centre, worker, tmp_path, clock, monkeypatch) -> None:
    enqueue(kind="receipt", to="dantai@group.example", subject="受付", text="受付", now=clock())
    seen = []

    def look(handle):
        seen.extend(path.name for path in tmp_path.glob("*.eml"))

    monkeypatch.setattr(os, "fsync", look)
    worker(transport=FileTransport(tmp_path)).run()

    assert len(list(tmp_path.glob("*.eml"))) == 1
    assert len(seen) == 1  # only once it was whole: when the folder was made durable
    assert not list(tmp_path.glob(".*"))

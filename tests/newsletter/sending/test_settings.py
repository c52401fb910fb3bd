"""EMAIL_URL, and which machine may send."""

from pathlib import Path

import pytest

from newsletter.models import Instance
from newsletter.sending.files import FileTransport
from newsletter.sending.instance import RefusesToSend, check_instance, take_over
from newsletter.sending.smtp import SmtpTransport
from newsletter.sending.transport import MailSettingsError, transport_from_url


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://relay.example", ("relay.example", 25, "", "", False, False, 30.0)),
        ("smtp://127.0.0.1:2525?timeout=5", ("127.0.0.1", 2525, "", "", False, False, 5.0)),
        ("smtp+tls://u:himitsu@relay.example", ("relay.example", 587, "u", "himitsu", True, False, 30.0)),
        (
            "smtps://u%40x.example:p%2F%3A%40@relay.example:4650",
            ("relay.example", 4650, "u@x.example", "p/:@", False, True, 30.0),
        ),
    ],
)
def test_the_address_of_a_relay_is_understood(url, expected) -> None:
    transport = transport_from_url(url)
    assert isinstance(transport, SmtpTransport)
    at = transport.address
    assert (at.host, at.port, at.user, at.password, at.starttls, at.implicit_tls, at.timeout) == expected
    assert not expected[3] or expected[3] not in repr(at)


def test_without_a_relay_mails_become_files(settings, tmp_path) -> None:
    for url in ("", "filemail:"):
        transport = transport_from_url(url)
        assert isinstance(transport, FileTransport) and transport.folder == Path(settings.OUTBOX_DIR)
    assert transport_from_url(f"filemail://{tmp_path}/x").folder == tmp_path / "x"


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("http://relay.example", "http"),
        ("relay.example:25", "relay.example"),
        ("smtp://", "ホスト"),
        ("smtp://relay.example:port", "ポート"),
        ("smtp://relay.example:99999", "ポート"),
        ("smtp://u:himitsu@relay.example?timeout=soon", "timeout"),
        ("smtp://u:himitsu@relay.example?timeout=0", "timeout"),
        ("smtp://u:himitsu@relay.example?tls=1", "tls"),
        ("sendmail://u:himitsu@relay.example", "sendmail"),
    ],
)
def test_a_wrong_address_is_named_without_its_password(url, word) -> None:
    with pytest.raises(MailSettingsError) as caught:
        transport_from_url(url)
    assert word in str(caught.value) and "himitsu" not in str(caught.value)


# which machine may send


def test_a_new_database_sends_from_where_it_was_made(issue, worker, relay) -> None:
    worker().run()
    worker().run()
    assert len(relay.raw) == 3


def test_a_copy_restored_elsewhere_refuses_until_a_person_takes_over(issue, worker, relay, settings, tmp_path) -> None:
    check_instance()
    settings.INSTANCE_DIR = str(tmp_path / "another machine")
    with pytest.raises(RefusesToSend):
        worker().run()
    assert not relay.raw

    take_over()
    worker().run()
    assert len(relay.raw) == 3


def test_an_older_copy_restored_on_the_same_machine_refuses_too(issue, worker, relay) -> None:
    check_instance()
    row = Instance.objects.get()
    worker().run()
    assert len(relay.raw) == 3
    # the backup from before the sending
    Instance.objects.update(epoch=row.epoch)
    issue.deliveries.update(state="pending")
    type(issue).objects.update(state="sending")

    with pytest.raises(RefusesToSend):
        worker().run()
    assert len(relay.raw) == 3


def test_a_kill_between_row_and_file_does_not_lock_the_sender_out(issue, worker, relay, monkeypatch) -> None:
    monkeypatch.setattr("newsletter.sending.handover.write_epoch", lambda epoch: None)
    worker().run(issue_slug=issue.slug)
    monkeypatch.undo()
    check_instance()

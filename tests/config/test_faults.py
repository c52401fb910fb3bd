"""What people see of our own faults, and that nothing they typed is lost by them."""

import re
from html import unescape

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from activities.models import Notice
from tests.activities.notice_builders import day, mails, photo, tree_of, typed

pytestmark = pytest.mark.django_db
NOW = day(2026, 11, 18, 9)


@pytest.fixture(autouse=True)
def tree(db):
    site = tree_of(2026)
    with time_machine.travel(NOW, tick=False):
        yield site


def breaking(monkeypatch, error: Exception) -> None:
    def broken(**_fields):
        raise error

    monkeypatch.setattr("activities.services.receive_notice", broken)


@pytest.mark.parametrize("error", [OperationalError("the database is away"), OSError(28, "No space left on device")])
def test_a_form_that_met_a_fault_comes_back_whole_and_can_be_sent_once_more(monkeypatch, error):
    client = Client(raise_request_exception=False)
    sent = typed(
        NOW,
        text="<b>もちつき</b>です。どなたでもどうぞ。\n二行目です。",
        has_photo_consent="on",
        alt1="もちをつく人",
        file1=SimpleUploadedFile("もちつき.jpg", photo().content),
    )
    with monkeypatch.context() as patch:
        breaking(patch, error)
        answer = client.post("/notices/new/", sent)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert "no-store" in answer.headers["Cache-Control"]
    html = answer.content.decode()
    assert "<b>もちつき" not in html
    assert "もちつき.jpg" in html
    fields = re.findall(r'<textarea name="([^"]+)" hidden>(.*?)</textarea>', html, re.DOTALL)
    again: dict[str, list[str]] = {}
    for name, value in fields:
        again.setdefault(name, []).append(unescape(value))
    assert again["media"] == ["web", "facebook", "mail"]
    assert again["text"] == [sent["text"]]
    for _press in range(2):
        assert client.post("/notices/new/", again).status_code == 302
    assert Notice.objects.get().text == sent["text"]
    assert len(mails("notice-receipt")) == 1


def test_a_fault_of_the_code_gives_the_form_back_too_as_a_500(monkeypatch):
    breaking(monkeypatch, ValueError("a mistake"))
    answer = Client(raise_request_exception=False).post("/notices/new/", typed(NOW))
    assert answer.status_code == 500
    assert "Retry-After" not in answer.headers
    assert "入力された内容は、この画面に残っています" in answer.content.decode()


def test_nothing_that_staff_type_is_given_back(monkeypatch):
    def broken(*_arguments, **_fields):
        raise OperationalError

    monkeypatch.setattr("django.contrib.auth.authenticate", broken)
    monkeypatch.setattr("django.contrib.auth.forms.authenticate", broken)
    client = Client(raise_request_exception=False)
    answer = client.post(reverse("wagtailadmin_login"), {"username": "henshu", "password": "himitsu-no-kotoba"})
    assert answer.status_code == 503
    assert "himitsu" not in answer.content.decode()

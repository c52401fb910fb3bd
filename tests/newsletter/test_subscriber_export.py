"""Taking out the list of subscribers: who may, the password, the log, and what a spreadsheet makes of it."""

import csv
import io
from datetime import date, timedelta

import openpyxl
import pytest
import time_machine
from django.contrib.auth.models import Group
from django.utils import timezone
from wagtail.models import ModelLogEntry

from center.password_again import TRIES_A_DAY
from config.roles import APPROVER, EDITOR, MANAGER, VIEWER, make_roles
from newsletter.models import SubscriberFile, Topic
from newsletter.subscriber_csv import Defaults, read_sheet
from newsletter.subscribers import subscribe_by_staff, take_out

EXPORT, IMPORT = "/admin/subscribers/export/", "/admin/subscribers/import/"
PASSWORD = "himitsu-no-kotoba"


@pytest.fixture
def topics(tree):
    return [Topic.objects.create(slug="monthly", name="毎月")]


@pytest.fixture
def readers(topics, staff):
    def enter(email):
        values = {"locale": "ja", "format": "html", "topics": topics, "channel": "fax", "by": staff}
        return subscribe_by_staff(email=email, consented_on=date(2026, 1, 5), now=timezone.now(), **values)

    readers = [enter(email) for email in ("hanako@example.jp", "=cmd..x@docomo.ne.jp", "+81@example.jp")]
    take_out(subscriber=enter("left@example.jp"), channel="web", now=timezone.now())
    return readers


@pytest.fixture
def desk(client, staff, readers):
    staff.set_password(PASSWORD)
    staff.save()
    client.force_login(staff)
    return client


def body(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def take(client, **fields):
    return client.post(EXPORT, {"state": "active", "form": "xlsx", "password": PASSWORD} | fields)


def test_the_file_is_a_spreadsheet_of_texts_and_a_line_says_who_took_how_many(desk, staff):
    response = take(desk)
    sheet = openpyxl.load_workbook(io.BytesIO(body(response))).active
    rows = list(sheet.iter_rows(values_only=True))
    assert [row[0] for row in rows[1:]] == ["+81@example.jp", "=cmd..x@docomo.ne.jp", "hanako@example.jp"]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert "2026-01-05" in rows[3] and "毎月" in rows[3]
    assert "no-store" in response.headers["Cache-Control"]
    file = SubscriberFile.objects.get(kind="export")
    assert (file.by, file.counts["rows"]) == (staff, 3)
    entry = ModelLogEntry.objects.get(action="newsletter.export_subscribers")
    assert (entry.user, entry.data["count"]) == (staff, 3)
    assert "3件の購読者を書き出しました" in desk.get("/admin/reports/site-history/").text


def test_csv_carries_no_formula_and_can_be_taken_in_again(desk, topics):
    content = body(take(desk, form="csv-excel", state="all"))
    cells = [cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))) for cell in row]
    assert len(cells) > 20
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    sheet = read_sheet(content, defaults=Defaults(), topics={"毎月": 1}, today=timezone.now().date())
    assert not sheet.faults
    assert {row.email for row in sheet.rows} == {
        "hanako@example.jp",
        "=cmd..x@docomo.ne.jp",
        "+81@example.jp",
        "left@example.jp",
    }
    assert {(row.source, row.locale, row.format, row.topics) for row in sheet.rows} == {("fax", "ja", "html", (1,))}


def test_the_password_is_asked_and_asked_again_after_five_minutes(desk):
    for password in ("", "wrong"):
        assert take(desk, password=password).status_code == 422
    assert not SubscriberFile.objects.exists()
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        assert take(desk).status_code == 200
    with time_machine.travel(start + timedelta(minutes=4), tick=False):
        assert 'type="password"' not in desk.get(EXPORT).text
        assert take(desk, password="").status_code == 200
    with time_machine.travel(start + timedelta(minutes=6), tick=False):
        assert 'type="password"' in desk.get(EXPORT).text
        assert take(desk, password="").status_code == 422


def test_guessing_the_password_comes_to_an_end(desk, monkeypatch):
    monkeypatch.setattr("center.password_again.TRIES_A_DAY", 2)
    assert TRIES_A_DAY > 2
    for _ in range(2):
        take(desk, password="wrong")
    assert take(desk).status_code == 422
    assert not SubscriberFile.objects.exists()


@pytest.mark.parametrize(("role", "may"), [(VIEWER, False), (EDITOR, False), (APPROVER, True), (MANAGER, True)])
def test_only_some_may_take_files_in_and_out(client, tree, readers, django_user_model, role, may):
    make_roles(tree.home)
    user = django_user_model.objects.create_user(username=role, password=PASSWORD)
    user.groups.add(Group.objects.get(name=role))
    client.force_login(user)
    for path in (EXPORT, IMPORT):
        assert (client.get(path).status_code == 200) is may
    take(client)
    assert SubscriberFile.objects.exists() is may
    client.post(IMPORT, {})
    shown = client.get("/admin/subscribers/").text
    assert (f'href="{EXPORT}"' in shown) is may


def test_nobody_takes_anything_out_without_logging_in(client, readers):
    assert client.get(EXPORT).status_code == client.post(EXPORT, {}).status_code == 302
    assert not SubscriberFile.objects.exists()

"""Requests for consultations: the public form, what staff type in, and the numbers by fiscal year."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from openpyxl import load_workbook

from activities.inquiries.consultation_counts import counts_by_year
from activities.inquiries.receiving import receive_consultation
from activities.models import Consultation, ConsultationKind, ConsultationService
from activities.notices.errors import InTheFuture
from activities.notices.forms import new_submission
from center.intake.guard import STAMP_FIELD, TRAP_FIELD, signed_render_time
from center.models import OutgoingMail
from tests.activities.notice_builders import day, words_of


def typed(now, **changes) -> dict[str, str]:
    """What somebody sends in a minute after the form was opened."""
    return {
        STAMP_FIELD: signed_render_time(now=now - timedelta(minutes=1)),
        "submission": new_submission(),
        "kind": "accounting",
        "text": "会計ソフトを選びたい。",
        "asker": "group",
        "wished_way": "counter",
        "wished_days": "平日の午後",
        "contact_name": "佐藤花子",
        "group_name": "大槻の会",
        "contact_email": "hanako@example.jp",
        "contact_phone": "",
        "consent": "on",
    } | changes


def send(client, now, **changes):
    return client.post("/services/request/", typed(now, **changes))


def summary_of(response) -> str:
    found = BeautifulSoup(response.content, "html.parser").select_one(".summary")
    return found.get_text(" ", strip=True) if found else ""


# The form


def test_a_link_chooses_the_service_beforehand(client, tree, morning, centre):
    html = client.get("/services/request/?kind=grants").content.decode()
    assert re.search(r'value="grants"[^>]*checked', html)
    assert "checked" not in client.get("/services/request/?kind=magic").content.decode()


def test_a_request_is_stored_and_answered_with_a_number(client, tree, morning, centre):
    response = send(client, morning)
    row = Consultation.objects.get()
    assert (row.number, row.kind, row.state, row.channel) == ("S2026-0001", "accounting", "received", "form")
    assert (row.group_name, row.wished_days, row.consented_at) == ("大槻の会", "平日の午後", morning)
    assert "S2026-0001" in words_of(client.get(response["Location"]))
    receipt = OutgoingMail.objects.get(to="hanako@example.jp")
    assert "S2026-0001" in receipt.subject and "会計の相談" in receipt.text and "平日の午後" in receipt.text


def test_sending_the_same_form_twice_makes_one_row(client, tree, morning, centre):
    sent = typed(morning)
    for _time in range(2):
        assert client.post("/services/request/", sent).status_code == 302
    assert Consultation.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"kind": ""}, "1つ選んでください"),
        ({"kind": "magic"}, "1つ選んでください"),
        ({"text": " "}, "空いています"),
        ({"asker": ""}, "1つ選んでください"),
        ({"asker": "group", "group_name": ""}, "団体の名前を書いてください"),
        ({"contact_email": ""}, "メールアドレスか電話番号を書いてください"),
        ({"consent": ""}, "印を付けてください"),
        ({"text": "あ" * 2001}, "2000"),
        ({TRAP_FIELD: "x"}, "自動の送信を防ぐ"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(client, tree, morning, centre, changes, sentence):
    response = send(client, morning, **changes)
    html = response.content.decode()
    assert response.status_code == 200 and sentence in summary_of(response)
    assert 'value="平日の午後"' in html and re.search(r'value="counter"[^>]*checked', html)
    assert not Consultation.objects.exists() and not OutgoingMail.objects.exists()


def test_a_person_needs_no_group(client, tree, morning, centre):
    send(client, morning, asker="person", group_name="")
    assert Consultation.objects.get().asker == "person"


def test_a_line_break_reaches_no_header(client, tree, morning, centre):
    send(client, morning, contact_name="花子\r\nBcc: all@example.jp", wished_days="月\n火")
    row = Consultation.objects.get()
    assert (row.contact_name, row.wished_days) == ("花子 Bcc: all@example.jp", "月 火")
    assert "\n" not in OutgoingMail.objects.get().subject


def test_a_visit_can_be_chosen_only_where_it_is_certain(client, tree, morning, centre):
    page = client.get("/services/request/?kind=accounting")
    assert "出張" not in page.content.decode() and "未確認" in words_of(page)
    assert "正しく選択" in words_of(send(client, morning, wished_way="visit")) or not Consultation.objects.exists()
    ConsultationService.objects.create(kind="accounting", makes_visits="yes")
    assert 'value="visit"' in client.get("/services/request/?kind=accounting").content.decode()
    assert 'value="visit"' not in client.get("/services/request/?kind=grants").content.decode()
    send(client, morning, wished_way="visit")
    assert Consultation.objects.get().wished_way == "visit"


# What staff type in


@pytest.fixture
def desk(client, staff, tree):
    client.force_login(staff)
    return client


def entered(now, **changes) -> dict[str, str]:
    return {
        "channel": "phone",
        "kind": "management",
        "text": "総会の開きかた",
        "received-year": f"{now.year}",
        "received-month": f"{now.month}",
        "received-day": f"{now.day}",
        "received-time": "8:30",
    } | changes


def test_a_call_is_entered_with_its_real_time_and_sends_nothing(desk, morning, staff):
    desk.post("/admin/consultations/enter/", entered(morning, contact_email="hanako@example.jp", is_done="on"))
    row = Consultation.objects.get()
    assert (row.channel, row.received_at, row.state) == ("phone", day(2026, 11, 24, 8, 30), "done")
    assert row.assigned_to == staff and row.consented_at is None
    assert not OutgoingMail.objects.exists()


def test_a_time_that_lies_ahead_is_refused_and_nothing_is_lost(desk, morning):
    response = desk.post("/admin/consultations/enter/", entered(morning, **{"received-time": "10:00"}))
    assert response.status_code == 200 and not Consultation.objects.exists()
    assert "総会の開きかた" in response.content.decode()
    with pytest.raises(InTheFuture):
        receive_consultation(data={}, channel="phone", received_at=morning + timedelta(minutes=1), now=morning)


# The numbers


def add(at, kind: str = "accounting", **fields) -> Consultation:
    number = f"S{at.year}-{Consultation.objects.count() + 1:04d}"
    return Consultation.objects.create(number=number, kind=kind, received_at=at, channel="phone", **fields)


@pytest.mark.django_db
def test_a_fiscal_year_runs_from_april_to_march_in_tokyo():
    add(day(2026, 3, 31, 23, 59))
    add(day(2026, 4, 1, 0, 0), "grants")
    add(day(2026, 4, 1, 8, 59))  # still the last of March in Greenwich
    add(day(2027, 3, 31, 23, 59))
    years = counts_by_year()
    assert [(row.year, row.total) for row in years] == [(2026, 3), (2025, 1)]
    by_kind = dict(zip(ConsultationKind.values, years[0].by_kind, strict=True))
    assert by_kind == {"foundation": 0, "management": 0, "accounting": 2, "grants": 1, "experts": 0}


@pytest.mark.django_db
def test_what_was_withdrawn_is_not_counted():
    add(day(2026, 5, 1), state="withdrawn")
    add(day(2026, 5, 1), state="done")
    assert [row.total for row in counts_by_year()] == [1]


@pytest.mark.django_db
def test_the_numbers_take_one_query(django_assert_num_queries):
    for month in range(1, 13):
        add(day(2026, month, 3))
    with django_assert_num_queries(1):
        assert sum(row.total for row in counts_by_year()) == 12


def test_the_numbers_stand_in_a_table_and_in_a_spreadsheet(desk, morning):
    add(day(2026, 3, 31, 12))
    add(day(2026, 4, 1, 12), "grants")
    table = BeautifulSoup(desk.get("/admin/consultations/counts/").content, "html.parser").select("main table tbody tr")
    cells = [[cell.get_text(strip=True) for cell in row.find_all(["th", "td"])] for row in table]
    assert cells == [["2026", "0", "0", "0", "1", "0", "1"], ["2025", "0", "0", "1", "0", "0", "1"]]
    response = desk.get("/admin/consultations/counts/?export=xlsx")
    rows = list(load_workbook(BytesIO(b"".join(response.streaming_content))).active.values)
    assert rows[0][0] == "年度" and rows[1:] == [(2026, 0, 0, 0, 1, 0, 1), (2025, 0, 0, 1, 0, 0, 1)]

"""The two private inboxes: who may see them, what the buttons do, and what leaves as a spreadsheet."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook
from wagtail.models import ModelLogEntry, PageLogEntry

from activities.inquiries import services as inquiry_services
from activities.inquiries.receiving import receive_consultation, receive_contact
from activities.models import Consultation, MatchContact, MatchPage
from config.builders import add_match
from config.roles import APPROVER, EDITOR, MANAGER, VIEWER, make_roles
from tests.activities.notice_builders import words_of

WHO = {"contact_name": "佐藤花子", "contact_email": "hanako@example.jp", "contact_phone": "024-900-1234"}


@pytest.fixture
def post(tree, morning) -> MatchPage:
    return add_match(tree, "絵本がほしい", resource="things", open_until_on=date(2026, 12, 20))


@pytest.fixture
def contact(post, morning) -> MatchContact:
    return receive_contact(post=post, data=WHO | {"text": "絵本が20冊あります。"}, now=morning)


@pytest.fixture
def consultation(tree, morning) -> Consultation:
    data = WHO | {"kind": "grants", "text": "申請書を見てほしい。"}
    return receive_consultation(data=data, channel="form", received_at=morning, now=morning)


@pytest.fixture
def person(tree, django_user_model):
    """Somebody with one of the four roles."""
    make_roles(tree.home)

    def make(role: str):
        user = django_user_model.objects.create_user(username=f"u-{role}", password="x", last_name="見本")
        user.groups.add(Group.objects.get(name=role))
        return user

    return make


def contact_url(row, part: str = "") -> str:
    return f"/admin/matching/contacts/{row.pk}/{part}"


def consultation_url(row, part: str = "") -> str:
    return f"/admin/consultations/{row.pk}/{part}"


def lists_and_rows(contact, consultation) -> list[str]:
    return [
        "/admin/matching/contacts/",
        "/admin/matching/contacts/?export=xlsx",
        contact_url(contact),
        "/admin/consultations/",
        consultation_url(consultation),
        "/admin/consultations/counts/",
        "/admin/consultations/enter/",
    ]


# Who may see them


def test_nobody_gets_in_without_logging_in(client, contact, consultation):
    for address in lists_and_rows(contact, consultation):
        response = client.get(address)
        assert response.status_code == 302 and "/admin/login" in response["Location"], address


def test_who_only_looks_at_the_site_sees_nothing_of_it(client, person, contact, consultation):
    client.force_login(person(VIEWER))
    for address in lists_and_rows(contact, consultation):
        response = client.get(address)
        assert response.status_code in (302, 403), address
        assert "佐藤花子" not in response.content.decode()
    client.post(contact_url(contact), {"do": "move", "state": "closed"})
    contact.refresh_from_db()
    assert contact.state == "new"
    assert "新しい連絡と相談" not in client.get("/admin/").content.decode()


@pytest.mark.parametrize("role", [EDITOR, APPROVER, MANAGER])
def test_those_who_work_with_it_read_everything(client, person, contact, consultation, role):
    client.force_login(person(role))
    assert "絵本が20冊あります。" in client.get(contact_url(contact)).content.decode()
    assert "申請書を見てほしい。" in client.get(consultation_url(consultation)).content.decode()
    assert "M2026-0001" in client.get("/admin/matching/contacts/").content.decode()
    panel = words_of(client.get("/admin/"))
    assert "新しい連絡と相談" in panel and "M2026-0001" in panel and "佐藤花子" not in panel


def test_only_who_manages_may_erase(client, person, contact):
    client.force_login(person(EDITOR))
    client.post(contact_url(contact, "erase/"))
    assert MatchContact.objects.exists()
    client.force_login(person(MANAGER))
    client.post(contact_url(contact, "erase/"))
    assert not MatchContact.objects.exists()
    assert not ModelLogEntry.objects.filter(label__contains="佐藤").exists()
    assert not any("佐藤" in str(entry.data) for entry in ModelLogEntry.objects.all())


# What the buttons do


@pytest.fixture
def desk(client, person):
    client.force_login(person(EDITOR))
    return client


def test_a_button_moves_a_contact_on_and_the_history_says_who(desk, contact, morning):
    desk.post(contact_url(contact), {"do": "move", "state": "talks"})
    contact.refresh_from_db()
    assert (contact.state, contact.assigned_to.username, contact.settled_at) == ("talks", "u-編集", None)
    desk.post(contact_url(contact), {"do": "move", "state": "closed"})
    contact.refresh_from_db()
    assert contact.settled_at == morning
    assert [(entry.kind, entry.text) for entry in contact.entries.all()] == [
        ("received", "フォーム"),
        ("moved", "新着 → やりとり中"),
        ("moved", "やりとり中 → 終了"),
    ]
    assert ModelLogEntry.objects.filter(action="activities.inquiry.moved", label=contact.number).count() == 2


def test_a_state_that_is_none_is_refused(desk, contact, consultation):
    assert desk.post(contact_url(contact), {"do": "move", "state": "booked"}).status_code in (302, 403)
    assert desk.post(consultation_url(consultation), {"do": "fly"}).status_code in (302, 403)
    contact.refresh_from_db()
    assert contact.state == "new" and contact.entries.count() == 1


def test_taking_leaving_and_noting(desk, contact):
    desk.post(contact_url(contact), {"do": "take"})
    desk.post(contact_url(contact), {"do": "note", "words": "水曜に電話する"})
    contact.refresh_from_db()
    assert contact.assigned_to.username == "u-編集" and contact.staff_note == "水曜に電話する"
    assert "水曜に電話する" in desk.get(contact_url(contact)).content.decode()
    desk.post(contact_url(contact), {"do": "leave"})
    contact.refresh_from_db()
    assert contact.assigned_to is None


def test_doing_it_twice_writes_one_line(contact, staff, morning):
    for _time in range(2):
        inquiry_services.move(row=contact, state="talks", by=staff, now=morning)
        inquiry_services.set_note(row=contact, text="メモ", by=staff, now=morning)
    assert [entry.kind for entry in contact.entries.all()] == ["received", "moved", "noted"]


@pytest.mark.parametrize(("state", "word"), [("arranging", "調整中"), ("matched", "成立"), ("ended", "終了")])
def test_one_click_sets_the_state_of_the_post(desk, client, contact, post, state, word):
    desk.post(contact_url(contact), {"do": "post", "state": state})
    post.refresh_from_db()
    assert post.state == state and not post.has_unpublished_changes
    assert word in words_of(client.get(post.get_url()))
    assert PageLogEntry.objects.filter(page=post.pk, action="activities.match.state").count() == 1
    assert contact.entries.last().text == f"公開 → {word}"


def test_a_draft_beside_the_post_is_not_published_with_its_state(contact, post, staff, morning):
    post.title = "絵本も図鑑もほしい"
    post.save_revision()
    inquiry_services.set_post_state(post=post, state="arranging", by=staff, now=morning, contact=contact)
    live = MatchPage.objects.get(pk=post.pk)
    draft = live.get_latest_revision_as_object()
    assert (live.title, live.state, live.has_unpublished_changes) == ("絵本がほしい", "arranging", True)
    assert (draft.title, draft.state) == ("絵本も図鑑もほしい", "arranging")


def test_the_translation_follows_the_state(contact, post, staff, morning, translated):
    english = translated(post, "en", "Picture books wanted")
    inquiry_services.set_post_state(post=post, state="matched", by=staff, now=morning)
    assert MatchPage.objects.get(pk=english.pk).state == "matched"


def test_who_may_not_publish_may_not_set_the_state_of_a_post(client, person, contact, post):
    user = person(EDITOR)
    for permission in Group.objects.get(name=EDITOR).page_permissions.all():
        permission.delete()
    client.force_login(user)
    client.post(contact_url(contact), {"do": "post", "state": "ended"})
    post.refresh_from_db()
    assert post.state == "open"


def test_posts_that_might_fit_stand_beside_the_contact_and_the_post(desk, tree, contact, post):
    add_match(tree, "絵本をゆずります", direction="offered", actor="citizen", resource="things")
    for address in (contact_url(contact), f"/admin/pages/{post.pk}/edit/"):
        words = words_of(desk.get(address))
        assert "絵本をゆずります" in words and "どちらも「物」" in words, address
    assert contact.number in words_of(desk.get(f"/admin/pages/{post.pk}/edit/"))


def test_a_contact_outlives_its_post(desk, contact, post):
    post.delete()
    assert "絵本がほしい" in words_of(desk.get(contact_url(contact)))


def test_the_agreed_day_is_written_down(desk, consultation, tokyo):
    typed = {"booked-year": "2026", "booked-month": "12", "booked-day": "3", "booked-time": "13:30"}
    desk.post(consultation_url(consultation), {"do": "book"} | typed)
    consultation.refresh_from_db()
    assert (consultation.state, consultation.booked_at) == ("booked", tokyo(2026, 12, 3, 13, 30))
    assert "12月3日（木）13時30分" in words_of(desk.get(consultation_url(consultation)))
    wrong = desk.post(consultation_url(consultation), {"do": "book"} | typed | {"booked-day": "32"})
    assert wrong.status_code == 200 and "31" in words_of(wrong)


# The list and its spreadsheet


def test_the_inbox_costs_the_same_however_long_it_is(desk, post, staff, morning):
    def queries_with(count: int) -> int:
        for number in range(count):
            row = receive_contact(post=post, data=WHO | {"text": f"{number}"}, now=morning + timedelta(minutes=number))
            inquiry_services.assign(row=row, to=staff, by=staff, now=morning)
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert desk.get("/admin/matching/contacts/").status_code == 200
        return len(caught)

    queries_with(1)
    assert queries_with(1) == queries_with(12)


@pytest.mark.parametrize(
    "bad", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", '=HYPERLINK("http://x","y")', "\t=1"]
)
def test_no_formula_lives_in_the_spreadsheet(desk, post, morning, bad):
    data = WHO | {"text": bad, "contact_name": bad, "group_name": bad}
    receive_contact(post=post, data=data, now=morning)
    response = desk.get("/admin/matching/contacts/?export=xlsx")
    sheet = load_workbook(BytesIO(b"".join(response.streaming_content))).active
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row]
    assert bad in [cell.value for cell in cells]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}
    assert "024-900-1234" in [cell.value for cell in cells]
    assert [cell.value for cell in sheet[1]][:3] == ["受付番号", "状態", "受付日時"]


def test_no_bare_text_file_is_offered(desk, contact):
    response = desk.get("/admin/matching/contacts/?export=csv")
    assert "text/csv" not in response["Content-Type"]
    assert ModelLogEntry.objects.filter(action="activities.inquiry.exported").count() == 0
    desk.get("/admin/matching/contacts/?export=xlsx")
    assert ModelLogEntry.objects.filter(action="activities.inquiry.exported").count() == 1


def test_the_inbox_finds_a_number_and_narrows_by_state(desk, contact, post, morning):
    other = receive_contact(post=post, data=WHO | {"text": "図鑑"}, now=morning)
    inquiry_services.move(row=other, state="closed", by=None, now=morning)
    listed = desk.get("/admin/matching/contacts/?q=M2026-0001").content.decode()
    assert contact.number in listed and other.number not in listed
    listed = desk.get("/admin/matching/contacts/?state=closed").content.decode()
    assert other.number in listed and contact.number not in listed

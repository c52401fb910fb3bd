"""A notice that is still being written: kept, resumed, looked at beforehand, sent, and ended after a while."""

import json
import re
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from activities.models import GroupPage, Notice, NoticeDraft, Place
from activities.notices.drafts import draft_by_token, files_of, start_draft
from activities.notices.kind_fields import ASKED
from activities.notices.publication import tick_notices
from activities.notices.tokens import token_of
from center.intake.storage import private_storage
from center.models import OutgoingMail
from tests.activities.notice_builders import day, mails, tree_of, typed, words_of
from tests.center import hostile

pytestmark = pytest.mark.django_db
NOW = day(2026, 11, 18, 9)


@pytest.fixture(autouse=True)
def tree(db):
    site = tree_of(2026)
    with time_machine.travel(NOW, tick=False):
        yield site


def upload(content: bytes, name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def value_of(html: str, name: str) -> str:
    tag = re.search(rf'<input[^>]*name="{re.escape(name)}"[^>]*>', html)[0]
    return (re.search(r'value="([^"]*)"', tag) or ["", ""])[1]


def hidden_fields(html: str) -> set[str]:
    return set(re.findall(r'data-field="(\w+)"[ ]hidden', html))


def save(client, **changes) -> dict:
    """What the script is told when it saves."""
    response = client.post("/notices/new/save/", typed(NOW, send=None, **changes))
    assert response.status_code == 200
    return response.json()


# Each kind asks only what it needs


@pytest.mark.parametrize(
    ("kind", "there", "gone"),
    [
        ("event", ["sessions", "venue_name", "fee_way", "application_way"], ["funder", "about_text", "match_actor"]),
        ("call", ["deadline", "target"], ["sessions", "venue_name", "funder", "about_text"]),
        ("grant", ["funder", "amount_upper", "deadline"], ["sessions", "venue_name", "fee_way", "match_actor"]),
        ("report", ["title", "text"], ["sessions", "deadline", "target", "funder"]),
        ("match", ["match_direction", "match_actor", "match_resource"], ["sessions", "funder", "fee_way"]),
        ("change", ["about_text", "text"], ["title", "sessions", "media", "deadline"]),
        ("cancellation", ["about_text", "text"], ["title", "sessions", "media", "deadline"]),
        ("other", ["title", "text", "deadline"], ["sessions", "funder", "about_text"]),
    ],
)
def test_each_kind_shows_only_what_it_needs(client, kind, there, gone):
    hidden = hidden_fields(client.get(f"/notices/new/?kind={kind}").content.decode())
    assert not hidden & set(there)
    assert hidden >= set(gone)
    assert not hidden & {"kind", "group_name", "contact_email", "text"}


def test_the_table_of_the_script_is_the_one_of_the_server(client):
    html = client.get("/notices/new/").content.decode()
    table = json.loads(re.search(r'<script id="form-table"[^>]*>(.*?)</script>', html)[1])["kinds"]
    assert {kind: set(row["asked"]) for kind, row in table.items()} == {str(k): set(v) for k, v in ASKED.items()}
    assert table["event"]["parts"] == ["who", "what", "when", "files", "send"]
    assert table["report"]["parts"] == ["who", "what", "files", "send"]
    assert table["cancellation"]["words"]["text"] == "中止について、知らせること"


def test_narrowing_to_a_kind_loses_nothing(client):
    response = client.post("/notices/new/", typed(NOW, kind="report", shown="event", narrow="1", send=None))
    html = response.content.decode()
    assert {"venue_name", "sessions"} <= hidden_fields(html)
    assert value_of(html, "venue_name") == "大槻ふれあいセンター"
    assert value_of(html, "s1-starts") == "10:00"
    again = client.post("/notices/new/", typed(NOW, kind="event", shown="report", narrow="1", send=None))
    assert "venue_name" not in hidden_fields(again.content.decode())


def test_what_was_not_on_the_screen_does_not_count(client):
    sent = typed(NOW, kind="report", shown="report", **{"s1-day": "99", "url": "https://example.jp/"})
    assert client.post("/notices/new/", sent).status_code == 302
    notice = Notice.objects.get()
    assert (notice.venue_name, notice.fee, notice.url) == ("", "", "https://example.jp/")
    assert not notice.sessions.exists()


def test_a_cancellation_asks_for_no_title(client):
    sent = typed(NOW, kind="cancellation", shown="cancellation", about_text="もちつき大会", title="", media=None)
    assert client.post("/notices/new/", sent).status_code == 302
    assert Notice.objects.get().title == "もちつき大会"


def test_the_same_time_a_week_later_is_one_press(client):
    html = client.post("/notices/new/", typed(NOW, rows="1", add="week", send=None)).content.decode()
    assert (value_of(html, "s2-month"), value_of(html, "s2-day")) == ("12", "19")
    assert (value_of(html, "s2-starts"), value_of(html, "s2-ends")) == ("10:00", "１２時")


def test_people_see_how_days_and_numbers_were_read(client):
    told = save(client, capacity="３０名", **{"deadline-month": "１２", "deadline-day": "1"})["understood"]
    assert told["s1"] == "12月12日（土）10時〜12時"
    assert told["contact_phone"] == "024-900-0000"
    assert told["deadline"] == "12月1日（火）"
    assert told["capacity"] == "30人"
    words = words_of(client.post("/notices/new/", typed(NOW, title="")))
    assert "こう読みました： 12月12日（土）10時〜12時" in words


def test_places_are_found_by_part_of_the_name_and_by_their_reading(client):
    Place.objects.create(name="大槻ふれあいセンター", kana="オオツキフレアイセンター", address="大槻町1")
    Place.objects.create(name="中央公民館", kana="チュウオウコウミンカン", address="麓山1")

    def found(words: str) -> list[str]:
        return [place["name"] for place in client.get("/notices/new/places/", {"q": words}).json()["places"]]

    assert found("ふれあい") == ["大槻ふれあいセンター"]
    assert found("おおつき") == ["大槻ふれあいセンター"]
    assert found("ｵｵﾂｷ") == ["大槻ふれあいセンター"]
    assert found("麓山") == ["中央公民館"]
    assert found("") == []


# Saving and resuming


def test_a_saved_form_is_found_again_by_its_link(client):
    told = save(client, shown="event")
    response = client.get(told["path"])
    html = response.content.decode()
    assert value_of(html, "title") == "昔の道具で、もちをつく"
    assert value_of(html, "s1-ends") == "１２時"
    assert "1回ずつつけます" in html
    assert told["said"] == "保存しました（9時）"
    assert not Notice.objects.exists()
    assert response["Cache-Control"] == "private, no-store"
    assert response["Referrer-Policy"] == "no-referrer"
    assert "noindex" in response["X-Robots-Tag"]


def test_without_a_script_a_button_saves_and_shows_the_address(client):
    response = client.post("/notices/new/", typed(NOW, save="1", send=None), follow=True)
    (path, _status), *_rest = response.redirect_chain
    assert path.startswith("/notices/new/")
    words = words_of(response)
    assert "保存しました（9時）" in words
    assert "12月2日（水）まで続きを書けます。" in words
    assert value_of(response.content.decode(), "group_name") == "大槻もちつきの会"


def test_a_draft_keeps_no_marks_of_the_guard_and_nothing_unknown(client):
    save(client, evil="x" * 9)
    draft = NoticeDraft.objects.get()
    assert not {"rendered_at", "memo_2", "sum_done", "evil", "csrfmiddlewaretoken", "submission"} & draft.typed.keys()


def test_a_later_save_of_another_screen_is_told_and_its_words_are_kept(client):
    first = save(client)
    save(client, resume=first["token"], version="1", title="一つめの画面")
    late = save(client, resume=first["token"], version="1", title="二つめの画面")
    assert "別の画面でも、この依頼を書いていました。" in late["warned"][0]
    assert value_of(client.get(first["path"]).content.decode(), "title") == "二つめの画面"
    assert value_of(client.get(first["path"] + "?earlier=1").content.decode(), "title") == "一つめの画面"
    same = save(client, resume=first["token"], version="1", title="二つめの画面")
    assert same["warned"] == []


def test_a_sent_draft_leads_to_its_notice_and_holds_nothing_any_more(client):
    told = save(client)
    sent = client.post(told["path"], typed(NOW, resume=told["token"], version="1", draft=told["files"]))
    notice = Notice.objects.get()
    status = f"/notices/status/{token_of(notice)}/"
    assert sent["Location"] == status
    assert client.get(told["path"])["Location"] == status
    assert save(client, resume=told["token"], version="1") == {"sent": status}
    again = client.post(told["path"], typed(NOW, resume=told["token"]))
    assert again["Location"] == status
    draft = NoticeDraft.objects.get()
    assert (Notice.objects.count(), draft.typed, draft.replaced) == (1, {}, {})


def test_a_resumed_form_is_taken_from_browsers_that_send_no_referrer(client):
    told = save(client)
    strict = Client(enforce_csrf_checks=True, headers={"origin": "null"})
    assert strict.post(told["path"], typed(NOW, resume=told["token"])).status_code == 302
    assert Client(enforce_csrf_checks=True).post("/notices/new/save/", typed(NOW)).status_code == 403


def test_a_draft_ends_after_two_weeks_with_its_files(client):
    told = save(client)
    client.post(
        "/notices/new/upload/",
        {"resume": told["token"], "draft": told["files"], "file1": upload(hostile.picture("JPEG"), "a.jpg")},
    )
    files = files_of(NoticeDraft.objects.get())
    assert len(files.files) == 1
    tick_notices(now=NOW + timedelta(days=13))
    assert len(files.files) == 1
    assert tick_notices(now=NOW + timedelta(days=14))["drafts_removed"] == 1
    assert files.files == []
    assert not private_storage().exists(f"drafts/{files.folder}")
    with time_machine.travel(NOW + timedelta(days=14), tick=False):
        response = client.get(told["path"])
    assert response.status_code == 404
    assert "この書きかけは、もうありません" in words_of(response)


def test_the_link_is_mailed_only_when_asked_and_carries_nothing_typed(client):
    told = save(client)
    assert not mails()
    told = save(client, resume=told["token"], version="1", mail_link="1", title="広告の文 http://spam.example/")
    assert told["mailed"]["ok"]
    (mail,) = mails("notice-draft")
    assert mail.to == "mochi@example.jp"
    assert told["path"] in mail.text
    assert "spam" not in mail.subject + mail.text
    assert "12月2日（水）まで使えます" in mail.text


def test_the_link_needs_an_address_and_stops_after_many_on_one_day(client):
    told = save(client, contact_email="", mail_link="1")
    assert told["mailed"] == {"words": "先にメールアドレスを書いてください。そこへリンクを送ります。", "ok": False}
    for _time in range(12):
        told = save(client, resume=told["token"], mail_link="1")
    assert not told["mailed"]["ok"]
    assert OutgoingMail.objects.filter(kind="notice-draft").count() == 10
    response = client.post("/notices/new/", typed(NOW, mail_link="1", send=None, contact_email="other@example.jp"))
    assert "other@example.jp へ、続きのリンクを送りました。" in words_of(response)


def test_a_group_that_is_known_is_named_and_can_be_changed(client, tree):
    parent = tree.groups
    group = parent.add_child(instance=GroupPage(title="大槻もちつきの会", slug="mochi"))
    draft, token = start_draft(
        typed={"title": ["もち"], "check_days": ["s1"]}, now=NOW, group=group, source="last_year"
    )
    html = client.get(f"/notices/new/{token}/").content.decode()
    assert "<strong>大槻もちつきの会</strong> として書いています。" in html
    assert value_of(html, "group_name") == "大槻もちつきの会"
    assert value_of(html, "title") == "もち"
    assert value_of(html, "s1-year") == "2026"
    assert 'name="media" value="mail"' in html
    assert len(re.findall(r'name="media"[^>]*checked', html)) == 5
    assert "昨年の日から計算しました。" in html
    client.post(f"/notices/new/{token}/", typed(NOW, resume=token))
    assert Notice.objects.get().group == group
    _draft, token = start_draft(typed={}, now=NOW, group=group)
    html = client.post(f"/notices/new/{token}/", typed(NOW, other_group="1", send=None)).content.decode()
    assert "として書いています" not in html
    assert draft_by_token(token, now=NOW).group is None


# Files, one at a time


def test_a_file_is_kept_at_once_and_shown_small(client):
    told = client.post(
        "/notices/new/upload/", {"file1": upload(hostile.picture_with_place("HEIF"), "うす.heic")}
    ).json()
    assert told["refused"] == []
    assert told["has_images"]
    assert "<strong>うす.jpg</strong>" in told["html"]
    picture = client.get(re.search(r'src="([^"]+)"', told["html"])[1])
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/jpeg")
    assert picture["Cache-Control"] == "private, no-store"
    assert b"CANARY" not in picture.content
    client.post("/notices/new/", typed(NOW, draft=told["files"], alt1="うす", has_photo_consent="on"))
    assert Notice.objects.get().attachments.get().alt == "うす"


def test_a_refused_file_says_why_in_its_row_and_can_be_taken_out(client):
    told = client.post("/notices/new/upload/", {"file1": upload(hostile.docx(), "文書.docx"), "alt1": "絵"}).json()
    assert "Word" in told["refused"][0]
    assert "Word" in told["html"]
    assert 'value="絵"' in told["html"]
    told = client.post("/notices/new/upload/", {"file1": upload(hostile.pdf(), "ちらし.pdf")}).json()
    name = re.search(r'name="drop" value="([^"]+)"', told["html"])[1]
    told = client.post("/notices/new/upload/", {"draft": told["files"], "drop": name}).json()
    assert told["count"] == 0


def test_a_picture_of_somebody_else_cannot_be_seen(client):
    told = client.post("/notices/new/upload/", {"file1": upload(hostile.picture("PNG"), "a.png")}).json()
    address = re.search(r'src="([^"]+)"', told["html"])[1]
    key, name = address.split("/")[-3:-1]
    for wrong in (f"/notices/new/file/{key[:-1]}x/{name}/", f"/notices/new/file/{key}/{'0' * 32}.jpg/"):
        assert client.get(wrong).status_code == 404


def test_a_flyer_alone_is_told_kindly_before_sending(client):
    told = client.post("/notices/new/upload/", {"file1": upload(hostile.pdf(), "ちらし.pdf")}).json()
    html = client.post("/notices/new/", typed(NOW, draft=told["files"], text="", keep="1", send=None)).content.decode()
    assert re.search(r"data-flyer-alone>.*文字でも、少し書いてください。", html)
    html = client.post("/notices/new/", typed(NOW, draft=told["files"], keep="1", send=None)).content.decode()
    assert "data-flyer-alone hidden" in html


# The page to be


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {},
            ["昔の道具で、もちをつく", "12月12日（土）10時〜12時", "大槻ふれあいセンター", "無料", "大槻もちつきの会"],
        ),
        ({"kind": "grant", "funder": "見本財団", "amount_upper": "30万円"}, ["見本財団", "30万円"]),
        ({"kind": "call", "deadline-month": "12", "deadline-day": "1"}, ["12月1日（火）", "受付中"]),
        ({"kind": "report"}, ["報告", "うすときねで"]),
        ({"kind": "match", "match_direction": "offered", "match_resource": "things"}, ["あるよ", "センターに連絡する"]),
        ({"kind": "cancellation", "about_text": "もちつき大会"}, ["もちつき大会", "この催しは中止になりました。"]),
        ({"title": "", "text": "", "s1-day": "99", "capacity": "?"}, ["（ここに題名が入ります）"]),
    ],
)
def test_the_preview_is_the_page_that_will_come_and_stores_nothing(client, changes, words):
    before = (NoticeDraft.objects.count(), Notice.objects.count(), GroupPage.objects.count())
    sent = typed(NOW, send=None, shown=changes.get("kind", "event"), **changes)
    response = client.post("/notices/new/preview/", sent)
    assert response.status_code == 200
    shown = words_of(response)
    for word in words:
        assert word in shown, shown
    assert "<script" not in response.content.decode()
    assert not re.search(r"<a [^>]*href", response.content.decode())
    assert response["Cache-Control"] == "private, no-store"
    assert (NoticeDraft.objects.count(), Notice.objects.count(), GroupPage.objects.count()) == before


def test_the_preview_escapes_everything(client):
    evil = '"><img src=x onerror=alert(1)><script>alert(2)</script>'
    for kind in ASKED:
        names = ("title", "text", "group_name", "venue_name", "fee", "target", "public_contact", "funder", "about_text")
        html = client.post(
            "/notices/new/preview/", typed(NOW, kind=kind, fee_way="paid", **dict.fromkeys(names, evil))
        ).content.decode()
        assert "<img src=x" not in html
        assert "<script" not in html
        assert "&lt;script&gt;" in html


def test_without_a_script_the_preview_stands_above_the_form_which_keeps_everything(client):
    html = client.post("/notices/new/", typed(NOW, preview="1", send=None)).content.decode()
    assert "できあがりは、こうなります" in html
    assert re.search(r'<iframe class="look"[^>]*sandbox srcdoc="[^"]*昔の道具で', html)
    assert value_of(html, "s1-ends") == "１２時"
    assert not Notice.objects.exists()


def test_the_preview_shows_the_photo_with_its_words(client):
    told = client.post("/notices/new/upload/", {"file1": upload(hostile.picture("JPEG"), "a.jpg")}).json()
    html = client.post(
        "/notices/new/preview/", typed(NOW, send=None, draft=told["files"], alt1="うすときね")
    ).content.decode()
    assert re.search(r'<img src="/notices/new/file/[^"]+" alt="うすときね">', html)

"""The form by which groups tell the centre, and the status page that its receipt leads to."""

import re
from datetime import date, time

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from activities import services
from activities.models import Notice, NoticePolicy, Place
from activities.notices.day_forms import read_time
from activities.notices.drafts import purge_drafts
from activities.notices.tokens import token_of
from activities.notices.upload_drafts import UploadDraft
from center.intake.storage import private_storage
from tests.activities.notice_builders import day, mails, make_and_publish, photo, receive, tree_of, typed, words_of
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


def send(client, **changes):
    return client.post("/notices/new/", typed(NOW, **changes))


def value_of(response, name: str) -> str:
    """What stands in a field of the form that came back."""
    html = response.content.decode()
    tag = re.search(rf'<input[^>]*name="{re.escape(name)}"[^>]*>', html)[0]
    return (re.search(r'value="([^"]*)"', tag) or ["", ""])[1]


def faults(response) -> str:
    """The summary of what is to be mended."""
    found = re.search(r'<div class="summary".*?</div>', response.content.decode(), flags=re.S)
    return found[0] if found else ""


# The page


def test_the_form_opens_with_the_due_day_and_the_phone(client):
    response = client.get("/notices/new/")
    words = words_of(response)
    assert response.status_code == 200
    assert "今日送ると、こうなります" in words
    assert "11月21日（土）" in words
    assert "その日は休館日なので、11月20日（金）までに準備します。" in words
    assert "お名前と連絡先は、掲載の確認だけに使い、公開しません。" in words
    assert response["Cache-Control"] == "private, no-store"


def test_the_side_says_when_the_due_day_comes_while_closed(client):
    with time_machine.travel(day(2026, 12, 29, 10), tick=False):
        words = words_of(client.get("/notices/new/"))
    assert "休館中に期限" in words
    assert "次に開館する日は1月4日（月）です。" in words


def test_places_of_the_city_are_suggested(client):
    Place.objects.create(name="大槻公民館")
    assert '<option value="大槻公民館">' in client.get("/notices/new/").content.decode()


def test_a_link_can_fill_in_the_kind(client):
    html = client.get("/notices/new/?kind=grant&group_name=見本の会").content.decode()
    assert re.search(r'value="grant"[^>]*checked', html)
    assert 'value="見本の会"' in html
    assert client.get("/notices/new/?kind=%00nonsense").status_code == 200


def test_nothing_is_asked_for_twice_and_no_script_is_needed(client):
    html = client.get("/notices/new/").content.decode()
    form = html[html.index('enctype="multipart/form-data"') :]
    form = form[: form.index("</form>")]
    assert form.count('type="email"') == 1
    assert not re.search(r"<script(?! src=)", form)
    assert "onclick" not in form


# Sending


def test_a_filled_in_form_becomes_a_notice_and_leads_to_its_status_page(client):
    response = send(client)
    notice = Notice.objects.get()
    assert response.status_code == 302
    assert response["Location"] == f"/notices/status/{token_of(notice)}/"
    assert (notice.number, notice.state, notice.channel) == ("2026-0001", "received", "form")
    assert notice.due_on == date(2026, 11, 21)
    assert notice.contact_phone == "024-900-0000"
    session = notice.sessions.get()
    assert (session.starts_at, session.ends_at) == (day(2026, 12, 12, 10), day(2026, 12, 12, 12))
    assert notice.is_free
    assert mails("notice-receipt")[0].to == "mochi@example.jp"
    assert "2026-0001" in words_of(client.get(response["Location"]))


def test_addresses_of_old_mobile_phones_are_taken_as_they_are(client):
    send(client, contact_email="foo..bar@docomo.ne.jp")
    assert Notice.objects.get().contact_email == "foo..bar@docomo.ne.jp"
    assert mails("notice-receipt")[0].to == "foo..bar@docomo.ne.jp"


def test_sending_twice_makes_one_notice(client):
    data = typed(NOW)
    first, second = client.post("/notices/new/", data), client.post("/notices/new/", data)
    assert first["Location"] == second["Location"]
    assert Notice.objects.count() == 1
    assert len(mails("notice-receipt")) == 1


def test_a_known_place_is_linked(client):
    place = Place.objects.create(name="大槻ふれあいセンター")
    send(client)
    assert Notice.objects.get().place == place


def test_everything_that_can_be_typed_arrives(client):
    send(
        client,
        **{
            "fee_way": "paid",
            "fee": "材料費500円",
            "capacity": "３０名",
            "application_way": "phone",
            "application_text": "電話で",
            "is_walk_in": "on",
            "target": "どなたでも",
            "public_contact": "024-900-0000",
            "url": "www.example.jp/mochi",
            "is_online": "on",
            "copies_given": "20枚",
            "deadline-month": "12",
            "deadline-day": "10",
            "deadline-time": "午後5時",
            "not_before-month": "11",
            "not_before-day": "25",
            "media": ["web", "stands"],
        },
    )
    notice = Notice.objects.get()
    assert (notice.is_free, notice.fee, notice.capacity) == (False, "材料費500円", 30)
    assert (notice.application_way, notice.application_text, notice.is_walk_in) == ("phone", "電話で", True)
    assert (notice.deadline_on, notice.deadline_time) == (date(2026, 12, 10), time(17))
    assert (notice.not_before_on, notice.due_on) == (date(2026, 11, 25), date(2026, 11, 25))
    assert (notice.target, notice.public_contact) == ("どなたでも", "024-900-0000")
    assert (notice.url, notice.is_online, notice.copies_given) == ("https://www.example.jp/mochi", True, 20)
    assert notice.media == ["web", "stands"]


@pytest.mark.parametrize(
    ("kind", "extra"),
    [
        ("grant", {"funder": "見本財団", "amount_upper": "30万円"}),
        ("call", {}),
        ("report", {}),
        ("other", {}),
        ("match", {"match_direction": "wanted", "match_actor": "npo", "match_resource": "things"}),
        ("change", {"about_text": "2026-0001"}),
        ("cancellation", {"about_text": "もちつき"}),
    ],
)
def test_every_other_kind_needs_no_day_and_no_place(client, kind, extra):
    empty = {"s1-month": "", "s1-day": "", "s1-starts": "", "s1-ends": "", "venue_name": ""}
    response = send(client, kind=kind, fee_way=None, application_way=None, **empty, **extra)
    assert response.status_code == 302, faults(response)
    notice = Notice.objects.get()
    assert notice.kind == kind
    assert not notice.sessions.exists()
    if kind == "grant":
        assert (notice.funder, notice.amount_upper) == ("見本財団", 300_000)


def test_a_cancellation_finds_the_page_by_the_number_of_the_first_notice(client):
    page = make_and_publish(receive(day(2026, 11, 17, 9)), day(2026, 11, 17, 10))
    send(client, kind="cancellation", about_text="受付番号 2026-0001 の件")
    assert Notice.objects.get(kind="cancellation").about_page_id == page.pk


# What is wrong is said, and nothing typed is lost


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"text": ""}, "文字でも書いてください。ちらしだけでは、目の見えにくい人や、検索した人に届きません。"),
        ({"group_name": " 　"}, "団体の名前"),
        ({"contact_email": "mochi"}, "メールアドレス"),
        ({"contact_phone": "でんわ"}, "電話番号は「024-924-3352」のように数字で書いてください。"),
        ({"s1-day": "32"}, "日が「32」になっています。1から31の数字で書いてください。"),
        ({"s1-month": "13"}, "月が「13」になっています。1から12の数字で書いてください。"),
        ({"s1-month": "2", "s1-day": "30"}, "その年に2月30日はありません。日を確かめてください。"),
        ({"s1-year": "26"}, "年は「2026」のように4けたの数字で書いてください。"),
        ({"s1-ends": "9:30"}, "始まり（10:00）と同じか、それより早くなっています。"),
        ({"s1-starts": "朝"}, "時刻は「13:30」のように書いてください。"),
        ({"s1-starts": ""}, "始まりが空いています。"),
        ({"s1-month": "", "s1-day": "", "s1-starts": "", "s1-ends": ""}, "開く日を書いてください。"),
        ({"s1-month": "10"}, "過ぎた日になっています。年と日を確かめてください。"),
        ({"s2-day": "20"}, "月が空いています。1から12の数字で書いてください。"),
        ({"venue_name": ""}, "会場を書いてください。決まっていなければ「未定」と書いてください。"),
        ({"fee_way": "paid"}, "いくらかかるかを書いてください。"),
        ({"fee_way": None}, "無料か、お金がかかるかを選んでください。"),
        ({"capacity": "たくさん"}, "数字で書いてください。"),
        ({"url": "javascript:alert(1)"}, "アドレスは「https://www.example.jp/」のように書いてください。"),
        ({"deadline-month": "11", "deadline-day": "1"}, "過ぎた締切になっています。"),
        ({"not_before-month": "12", "not_before-day": "13"}, "その日には、もう終わっています。"),
        ({"kind": "grant"}, "助成する団体を書いてください。"),
        ({"kind": "change"}, "どのページ、どの依頼のことかを書いてください。"),
        ({"kind": "nonsense"}, "何のお知らせですか"),
        ({"memo_2": "spam"}, "自動"),
        ({"rendered_at": "forged"}, "もう一度"),
    ],
)
def test_each_fault_is_said_beside_its_field_and_above_the_form(client, changes, words):
    response = send(client, **changes)
    assert response.status_code == 200
    assert not Notice.objects.exists()
    html = response.content.decode()
    assert words in html
    above = faults(response)
    assert words in above or "もう一度" in above
    for target in re.findall(r'href="#([^"]+)"', above):
        assert f'id="{target}"' in html, target


def test_two_faults_of_one_date_are_said_at_once(client):
    above = faults(send(client, **{"s1-day": "32", "s1-starts": "13:30", "s1-ends": "1:30"}))
    assert "日が「32」になっています。" in above
    assert "始まり（13:30）と同じか、それより早くなっています。" in above


def test_an_error_keeps_everything_that_was_typed(client):
    response = send(
        client,
        **{"contact_email": "mochi", "title": "<b>もち</b>", "s2-day": "99", "capacity": "多め", "target": "子ども"},
    )
    html = response.content.decode()
    assert "&lt;b&gt;もち&lt;/b&gt;" in html
    assert value_of(response, "group_name") == "大槻もちつきの会"
    assert value_of(response, "s2-day") == "99"
    assert value_of(response, "s1-starts") == "10:00"
    assert value_of(response, "capacity") == "多め"
    assert value_of(response, "target") == "子ども"
    assert "1回ずつつけます" in html


def test_a_form_with_an_error_goes_through_once_it_is_mended(client):
    data = typed(NOW, title="")
    client.post("/notices/new/", data)
    assert client.post("/notices/new/", data | {"title": "もちつき"}).status_code == 302


def test_adding_and_removing_dates_keeps_what_was_typed_and_blames_nothing(client):
    response = send(client, **{"add": "1", "send": None, "title": "", "s2-month": "1", "s3-day": "9"})
    assert response.status_code == 200
    assert faults(response) == ""
    assert value_of(response, "rows") == "4"
    assert value_of(response, "s1-month") == "１２"
    assert value_of(response, "s3-day") == "9"
    assert value_of(response, "s4-day") == ""
    assert value_of(response, "contact_email") == "mochi@example.jp"
    response = send(client, **{"remove": "2", "send": None, "s2-month": "1", "s3-day": "9"})
    assert value_of(response, "rows") == "2"
    assert value_of(response, "s2-day") == "9"
    assert not Notice.objects.exists()


def test_rows_that_nobody_can_mean_do_no_harm(client):
    for rows in ("0", "-3", "10000", "いち", ""):
        assert send(client, rows=rows, title="").status_code == 200
    assert send(client, rows="１", title="").status_code == 200


def test_the_lines_of_the_criteria_have_to_be_ticked(client):
    NoticePolicy.objects.create(
        valid_from_at=day(2026, 1, 1), criteria="営利の広告ではない\n\n政治・宗教の勧誘ではない\n"
    )
    assert "1つずつ読んで、印をつけてください。" in faults(send(client))
    assert "1つずつ読んで、印をつけてください。" in faults(send(client, criteria=["1"]))
    assert send(client, criteria=["1", "2"]).status_code == 302


# Files


def test_a_photo_and_a_flyer_come_along_clean(client):
    send(
        client,
        file1=upload(hostile.picture_with_place("JPEG"), "もちつき.jpg"),
        alt1="うすときね",
        file2=upload(hostile.pdf(hostile.open_action), "ちらし.pdf"),
        has_photo_consent="on",
    )
    first, second = Notice.objects.get().attachments.all()
    assert (first.kind, first.original_name, first.alt) == ("image", "もちつき.jpg", "うすときね")
    assert (second.kind, second.original_name) == ("pdf", "ちらし.pdf")
    for attachment in (first, second):
        with attachment.file.open("rb") as stored:
            assert b"CANARY" not in stored.read()


def test_a_photo_needs_the_consent_of_those_in_it(client):
    response = send(client, file1=upload(hostile.picture("JPEG"), "a.jpg"))
    assert "写っている人の了解を得てから、印をつけてください。" in faults(response)


def test_good_files_are_kept_when_something_else_is_wrong(client):
    response = send(
        client,
        title="",
        has_photo_consent="on",
        file1=upload(hostile.picture("JPEG"), "表.jpg"),
        alt1="表の絵",
        file2=upload(hostile.docx(), "文書.docx"),
        alt2="中身",
    )
    words = words_of(response)
    assert "表.jpg" in words
    assert "預かりました" in words
    assert "文書.docx" in faults(response)
    assert "Word" in faults(response)
    assert value_of(response, "alt1") == "表の絵"
    again = send(
        client, has_photo_consent="on", draft=value_of(response, "draft"), alt1=value_of(response, "alt1"), alt2="中身"
    )
    assert again.status_code == 302
    (attachment,) = Notice.objects.get().attachments.all()
    assert (attachment.original_name, attachment.alt) == ("表.jpg", "表の絵")


def test_a_refused_file_stops_the_form_once_so_that_nobody_misses_it(client):
    response = send(client, file1=upload(b"", "空.pdf"))
    assert response.status_code == 200
    assert "空.pdf" in faults(response)
    assert not Notice.objects.exists()


def test_a_kept_file_can_be_taken_out_again(client):
    response = send(
        client,
        title="",
        has_photo_consent="on",
        file1=upload(hostile.picture("PNG"), "一.png"),
        file2=upload(hostile.picture("JPEG"), "二.jpg"),
        alt2="二の絵",
    )
    draft = value_of(response, "draft")
    first = re.search(r'name="drop" value="([^"]+)"', response.content.decode())[1]
    response = send(client, draft=draft, drop=first, alt1="", alt2="二の絵", send=None)
    assert "一.png" not in words_of(response)
    assert value_of(response, "alt1") == "二の絵"
    send(client, draft=draft, alt1="二の絵", has_photo_consent="on")
    (attachment,) = Notice.objects.get().attachments.all()
    assert (attachment.original_name, attachment.alt) == ("二.jpg", "二の絵")


def test_files_are_kept_when_a_date_is_added(client):
    response = send(client, add="1", send=None, file1=upload(hostile.pdf(), "ちらし.pdf"))
    assert "ちらし.pdf" in words_of(response)
    send(client, draft=value_of(response, "draft"))
    assert Notice.objects.get().attachments.get().original_name == "ちらし.pdf"


def test_somebody_elses_draft_cannot_be_named(client):
    other = UploadDraft.start()
    other.add([photo("ひみつ.jpg")])
    for key in (other.folder, other.key[:-1] + "x", "../../etc", ""):
        assert "ひみつ.jpg" not in words_of(send(client, title="", draft=key))


def test_one_machine_cannot_fill_the_disk(client, monkeypatch):
    monkeypatch.setattr("activities.notices.limits.FILES_A_DAY", 2)
    files = {f"file{number}": upload(hostile.picture("PNG"), f"{number}.png") for number in range(1, 4)}
    response = send(client, title="", has_photo_consent="on", **files)
    assert response.content.decode().count("預かりました") == 2
    assert "3.png" in faults(response)


def test_no_more_than_five_files_in_all(client):
    files = {f"file{number}": upload(hostile.picture("PNG"), f"{number}.png") for number in range(1, 6)}
    response = send(client, title="", has_photo_consent="on", **files)
    again = send(
        client,
        title="",
        draft=value_of(response, "draft"),
        file6=upload(hostile.pdf(), "六.pdf"),
        has_photo_consent="on",
    )
    assert "六.pdf" not in words_of(again)
    assert 'type="file"' not in again.content.decode()


def test_the_draft_is_gone_after_sending_and_left_ones_are_removed_by_the_tick(client):
    response = send(client, title="", file1=upload(hostile.pdf(), "a.pdf"))
    draft = UploadDraft.of(value_of(response, "draft"))
    assert len(draft.files) == 1
    send(client, draft=draft.key)
    assert draft.files == []
    left = UploadDraft.start()
    left.add([photo()])
    assert purge_drafts(now=day(2026, 11, 18, 10)) == 0 or left.files
    future = private_storage().get_modified_time(f"drafts/{left.folder}").replace(year=2099)
    purge_drafts(now=future)
    assert left.files == []


# The status page


def status(client, notice: Notice):
    return client.get(f"/notices/status/{token_of(notice)}/")


def test_the_status_page_shows_how_far_it_is(client):
    notice = receive(day(2026, 11, 17, 9))
    response = status(client, notice)
    words = words_of(response)
    assert response.status_code == 200
    for expected in (
        "受付番号 2026-0001",
        "受付",
        "公開の期限：あと2日",
        "1日目",
        "3日目",
        "フォームから受け取りました。",
    ):
        assert expected in words
    assert "受け取った日は数えません。日曜と祝日も1日と数えます。" in words
    assert "どこに載るか、なぜか" in words


def test_the_status_page_is_never_stored_nor_indexed_nor_told_to_others(client):
    response = status(client, receive(day(2026, 11, 17, 9)))
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Referrer-Policy"] == "no-referrer"
    assert not response.cookies


@pytest.mark.parametrize("token", ["x", "AAAAAAAAAAAAAAAAAAAAAA", "あ", "%00"])
def test_an_unknown_link_says_so_kindly(client, token):
    response = client.get(f"/notices/status/{token}/")
    assert response.status_code == 404
    assert "このリンクは使えません" in words_of(response)
    assert response["Referrer-Policy"] == "no-referrer"


def test_a_question_can_be_answered_there_with_files(client):
    notice = receive(day(2026, 11, 16, 9))
    services.return_notice(notice=notice, reason="facts_missing", message="会場は？", by=None, now=day(2026, 11, 17, 9))
    words = words_of(status(client, notice))
    assert "会場は？" in words
    assert "日時、会場、連絡先のうち、書かれていないものを教えてください。" in words
    address = f"/notices/status/{token_of(notice)}/answer/"
    empty = client.post(address, {"text": "", "file1": upload(hostile.pdf(), "地図.pdf")})
    assert "お返事を文字で書いてください。" in words_of(empty)
    assert "地図.pdf" in words_of(empty)
    response = client.post(address, {"text": "大槻公民館です。", "draft": value_of(empty, "draft")})
    assert response.status_code == 302
    notice.refresh_from_db()
    assert (notice.state, notice.due_on) == ("reviewing", date(2026, 11, 21))
    assert notice.attachments.get().original_name == "地図.pdf"
    assert "大槻公民館です。" in words_of(status(client, notice))


def test_an_answer_to_a_question_that_was_answered_already_is_kept_as_a_message(client):
    notice = receive(day(2026, 11, 17, 9))
    client.post(f"/notices/status/{token_of(notice)}/answer/", {"text": "もう一つ。"})
    assert notice.entries.get(kind="message_in").text == "もう一つ。"


def test_a_message_reaches_the_history(client):
    notice = receive(day(2026, 11, 17, 9))
    address = f"/notices/status/{token_of(notice)}/message/"
    assert "伝えたいことを書いてください。" in words_of(client.post(address, {"message": " "}))
    client.post(address, {"message": "雨のときは中止です。<b>"})
    html = status(client, notice).content.decode()
    assert "雨のときは中止です。&lt;b&gt;" in html


def test_withdrawing_asks_once_more(client):
    notice = receive(day(2026, 11, 17, 9))
    address = f"/notices/status/{token_of(notice)}/withdraw/"
    assert "掲載を取り下げる" in words_of(client.get(address))
    notice.refresh_from_db()
    assert notice.state == "received"
    client.post(address)
    notice.refresh_from_db()
    assert notice.state == "withdrawn"
    assert "取下げ" in words_of(status(client, notice))
    assert client.get(address).status_code == 302


def test_a_published_notice_offers_change_and_cancellation_instead_of_withdrawal(client):
    notice = receive(day(2026, 11, 16, 9))
    page = make_and_publish(notice, day(2026, 11, 17, 9))
    html = status(client, notice).content.decode()
    assert f'href="/events/{page.slug}/"' in html
    assert f"/notices/status/{token_of(notice)}/change/" in html
    assert 'value="cancellation"' in html
    assert "/withdraw/" not in html
    client.post(f"/notices/status/{token_of(notice)}/withdraw/")
    notice.refresh_from_db()
    assert notice.state == "published"


def test_a_refusal_shows_its_reason(client):
    notice = receive(day(2026, 11, 16, 9))
    services.decline_notice(notice=notice, reason="営利の広告のためです。", by=None, now=day(2026, 11, 17, 9))
    words = words_of(status(client, notice))
    assert "営利の広告のためです。" in words
    assert "公開しません" in words


def test_what_only_staff_may_see_is_not_on_the_status_page(client, staff):
    notice = receive(day(2026, 11, 16, 9))
    services.set_note(notice=notice, text="要注意のメモ", by=staff, now=day(2026, 11, 17, 9))
    words = words_of(status(client, notice))
    assert "要注意のメモ" not in words
    assert "職員のメモ" not in words


def test_the_status_page_works_for_browsers_that_send_no_token_and_no_referrer(tree):
    strict = Client(enforce_csrf_checks=True, headers={"origin": "null"})
    notice = receive(day(2026, 11, 17, 9))
    response = strict.post(f"/notices/status/{token_of(notice)}/message/", {"message": "はい"})
    assert response.status_code == 302


def test_the_form_is_guarded_against_other_sites(tree):
    assert Client(enforce_csrf_checks=True).post("/notices/new/", typed(NOW)).status_code == 403


@pytest.mark.parametrize(
    ("rule", "label"),
    [
        ({"unit": "business"}, "受け取った日は数えません。開館日だけを数えます。"),
        ({"closed_due": "next_open_day"}, "最後の日が休館日のときは、次の開館日が期限です。"),
    ],
)
def test_the_status_page_explains_the_rule_that_the_notice_carries(client, rule, label):
    NoticePolicy.objects.create(valid_from_at=day(2026, 1, 1), **rule)
    words = words_of(status(client, receive(day(2026, 11, 17, 9))))
    assert label in words
    assert "休館" in words


# Times as people type them


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("13:30", time(13, 30)),
        ("１３：３０", time(13, 30)),
        ("13時30分", time(13, 30)),
        ("13時半", time(13, 30)),
        ("午後1時半", time(13, 30)),
        ("午前１０時", time(10)),
        ("1330", time(13, 30)),
        ("9", time(9)),
        ("0:00", time(0)),
        ("24:00", None),
    ],
)
def test_times_are_read_as_people_write_them(text, expected):
    assert read_time(text) == expected


@pytest.mark.parametrize("text", ["", "朝", "25:00", "12:60", "13:30ごろ", "１３時９９分", "-1"])
def test_what_is_no_time_is_refused(text):
    with pytest.raises(ValueError):
        read_time(text)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"starts": "", "ends": ""}, (day(2026, 12, 12), None, True)),
        ({"starts": "18:00", "ends": "24:00"}, (day(2026, 12, 12, 18), day(2026, 12, 13), False)),
        ({"starts": "10:00", "ends": ""}, (day(2026, 12, 12, 10), None, False)),
        ({"starts": "", "ends": "", "last_month": "1", "last_day": "5"}, (day(2026, 12, 12), day(2027, 1, 5), True)),
        (
            {"starts": "9:00", "ends": "17:00", "last_month": "12", "last_day": "15"},
            (day(2026, 12, 12, 9), day(2026, 12, 15, 17), False),
        ),
    ],
)
def test_a_date_may_be_a_day_an_evening_or_a_stretch_of_days(client, row, expected):
    response = send(client, **{f"s1-{name}": value for name, value in row.items()})
    assert response.status_code == 302, faults(response)
    session = Notice.objects.get().sessions.get()
    assert (session.starts_at, session.ends_at, session.is_all_day) == expected

"""The status page in all its states: what a group sees, and what it can still do."""

import re
from datetime import timedelta

import pytest
import time_machine

from activities import forecast as forecasts
from activities import services
from activities.forecast import ForecastVerdict, MailForecast, register
from activities.models import Notice, NoticeDraft
from activities.notices import status_page
from activities.notices.media_marks import mark_medium
from activities.notices.tokens import token_of
from config.builders import add_group
from tests.activities.notice_builders import day, mails, make_and_publish, receive, tree_of, words_of

pytestmark = pytest.mark.django_db
NOW = day(2026, 11, 18, 9)


@pytest.fixture(autouse=True)
def tree(db):
    site = tree_of(2026)
    with time_machine.travel(NOW, tick=False):
        yield site


@pytest.fixture
def told(monkeypatch):
    """Say what the mail will do."""
    monkeypatch.setattr(forecasts, "_sources", [])

    def say(verdict: ForecastVerdict, reason: str = "") -> None:
        mail = MailForecast("12月号", day(2026, 11, 26, 17, 15), day(2026, 12, 1, 10), verdict, reason)
        register(lambda notices, now: {notice.pk: mail for notice in notices})

    return say


def path(notice: Notice, name: str = "") -> str:
    return f"/notices/status/{token_of(notice)}/{name}"


def page(client, notice: Notice, at=NOW) -> str:
    with time_machine.travel(at, tick=False):
        return words_of(client.get(path(notice)))


def form_of(client, notice: Notice) -> dict:
    """What a browser would send for the opened form of changes."""
    html = client.get(path(notice, "edit/")).content.decode()
    data = {}
    for tag in re.findall(r"<input[^>]*>", html.split("<main", 1)[1]):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        is_tick = re.search(r'type="(?:checkbox|radio)"', tag)
        if name and not (is_tick and "checked" not in tag):
            data[name[1]] = value[1] if value else "on" if is_tick else ""
    for name, text in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>\n?([^<]*)</textarea>', html):
        data[name] = text
    return data


# The words of each state


@pytest.mark.parametrize(
    ("verdict", "reason", "words"),
    [
        (ForecastVerdict.PLANNED, "", "12月号に掲載予定"),
        (ForecastVerdict.IF_IN_TIME, "期限が締切より後だからです。", "12月号に、間に合えば"),
        (ForecastVerdict.MISSED, "締切の後に届いたからです。", "12月号には間に合いません"),
    ],
)
def test_the_forecast_reads_the_same_on_the_page_and_in_the_receipt(told, client, verdict, reason, words):
    told(verdict, reason)
    notice = receive(NOW)
    (receipt,) = mails("notice-receipt")
    shown = page(client, notice)
    for text in (shown, receipt.text):
        assert words in text
        assert reason in text
    assert f"サポートメール：{words}" in receipt.text


def test_a_planned_mail_says_why_by_the_days(told, client):
    told(ForecastVerdict.PLANNED)
    notice = receive(NOW)
    why = "公開の期限（11月21日（土））が、締切（11月26日（木）17時15分）の日までに来るからです。"
    assert why in page(client, notice)
    assert why in mails("notice-receipt")[0].text
    assert "12月1日（火）10時に届きます。" in mails("notice-receipt")[0].text


def test_the_receipt_is_complete_in_itself(told):
    told(ForecastVerdict.PLANNED)
    notice = receive(NOW, media=["web", "facebook", "mail"])
    text = mails("notice-receipt")[0].text
    for expected in (
        "佐藤花子 様",
        f"受付番号：{notice.number}",
        "受付：11月18日（水）9時",
        "公開の期限：11月21日（土）",
        "・このサイト：載せます（",
        "・Facebook：載せます（",
        "・サポートメール：12月号に掲載予定",
        f"/notices/status/{token_of(notice)}/",
    ):
        assert expected in text
    assert "\n\n\n" not in text
    assert not re.search(r"[A-Za-z]{4,} [a-z]{3,}", text), "words in English"


def test_every_state_is_said_in_words(client, staff):
    notice = receive(NOW)
    assert "いま： 受付" in page(client, notice)
    services.start_review(notice=notice, by=staff, now=NOW)
    assert "いま： 確認中" in page(client, notice)
    services.return_notice(notice=notice, reason="facts_missing", message="", by=staff, now=NOW)
    assert "いま： 差戻し" in page(client, notice)
    services.answer_notice(notice=notice, text="公民館です。", now=NOW)
    public = make_and_publish(notice, day(2026, 11, 19, 9))
    shown = page(client, notice, day(2026, 11, 20, 9))
    assert "いま： 公開" in shown
    assert f"https://assist-park.example/events/{public.slug}/" in shown
    assert f"「{public.title}」を見る" in shown
    declined, withdrawn = receive(NOW), receive(NOW)
    services.decline_notice(notice=declined, reason="営利の広告のためです。", by=staff, now=NOW)
    services.withdraw_notice(notice=withdrawn, now=NOW)
    assert "営利の広告のためです。" in page(client, declined)
    assert "いま： 取下げ" in page(client, withdrawn)


def test_it_is_over_once_the_event_is_over(client):
    notice = receive(NOW)
    make_and_publish(notice, day(2026, 11, 19, 9))
    assert "終了" not in page(client, notice, day(2026, 12, 12, 11, 59))
    shown = page(client, notice, day(2026, 12, 12, 12))
    assert "いま： 終了" in shown
    assert "催しが終わりました。" in shown


def test_it_is_over_once_its_page_is_taken_down_or_its_deadline_has_passed(client):
    event = receive(NOW)
    public = make_and_publish(event, day(2026, 11, 19, 9))
    with time_machine.travel(day(2026, 11, 20, 9), tick=False):
        type(public).objects.get(pk=public.pk).unpublish()
    services.reconcile_notices(now=day(2026, 11, 20, 9))
    assert "ページの公開を終えました。" in page(client, event, day(2026, 11, 20, 10))
    call = receive(NOW, kind="call", sessions=[], title="なかま募集", deadline_on=day(2026, 11, 30).date())
    make_and_publish(call, day(2026, 11, 19, 9))
    assert status_page.ended(call, now=day(2026, 11, 30, 23)) is None
    assert "締切が過ぎました。" in page(client, call, day(2026, 12, 1))


def test_a_medium_says_when_and_where_once_it_is_done(client, staff):
    notice = receive(NOW)
    make_and_publish(notice, day(2026, 11, 19, 9))
    address = "https://www.facebook.com/assistpark/posts/123"
    at = day(2026, 11, 19, 10, 30)
    mark_medium(notice=notice, medium="facebook", done_at=at, url=address, by=staff, now=at)
    with time_machine.travel(day(2026, 11, 20, 9), tick=False):
        html = client.get(path(notice)).content.decode()
    assert f'href="{address}"' in html
    assert "11月19日（木）10時30分" in html


def test_what_was_not_told_until_the_end_is_not_promised_any_more(client):
    notice = receive(NOW, media=["web", "facebook"])
    make_and_publish(notice, day(2026, 11, 19, 9))
    assert "載りませんでした" in page(client, notice, day(2026, 12, 20, 9))
    assert "載せます" not in page(client, notice, day(2026, 12, 20, 9))


def test_both_sides_stand_in_the_history(client, staff):
    notice = receive(NOW)
    client.post(path(notice, "message/"), {"message": "駐車場はありますか。"})
    services.send_message(notice=notice, text="20台分あります。", by=staff, now=NOW + timedelta(hours=1))
    shown = page(client, notice, NOW + timedelta(hours=2))
    assert shown.index("20台分あります。") < shown.index("駐車場はありますか。")
    assert "20台分あります。" in mails("notice-message")[0].text


# Putting something right before it is published


def test_looking_at_the_form_of_changes_changes_nothing(client):
    notice = receive(NOW)
    for method in (client.get, client.head, client.options):
        method(path(notice, "edit/"))
        method(path(notice))
    assert client.get(path(notice, "change/")).status_code == 405
    assert notice.entries.count() == Notice.objects.get().entries.filter(kind__in=("received", "forecast")).count()
    assert not NoticeDraft.objects.exists()


def test_what_differs_goes_to_staff_field_by_field_and_the_clock_stays(client):
    notice = receive(NOW)
    due = notice.due_on
    data = form_of(client, notice)
    assert (data["title"], data["s1-day"], data["s1-starts"]) == ("昔の道具で、もちをつく", "12", "10:00")
    data |= {"venue_name": "大槻公民館", "s1-day": "13", "remark": "人が増えたからです。", "send": "1"}
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        response = client.post(path(notice, "edit/"), data)
    assert response.status_code == 302
    entry = notice.entries.get(kind="message_in")
    assert {change[0]: change[1:] for change in entry.data["changes"]} == {
        "venue_name": ["大槻ふれあいセンター", "大槻公民館"],
        "sessions": ["12月12日（土）10時〜12時", "12月13日（日）10時〜12時"],
    }
    assert "会場：大槻ふれあいセンター → 大槻公民館" in entry.text
    assert entry.text.endswith("人が増えたからです。")
    notice.refresh_from_db()
    assert (notice.state, notice.due_on, notice.venue_name) == ("received", due, "大槻ふれあいセンター")
    assert "変更の希望" in page(client, notice, NOW + timedelta(days=1))


def test_nothing_different_is_said_and_not_sent(client):
    notice = receive(NOW)
    response = client.post(path(notice, "edit/"), form_of(client, notice) | {"send": "1"})
    assert "まだどこも変わっていません。" in words_of(response)
    assert not notice.entries.filter(kind="message_in").exists()


def test_a_fault_keeps_what_was_typed(client):
    notice = receive(NOW)
    response = client.post(path(notice, "edit/"), form_of(client, notice) | {"s1-day": "42", "title": "新しい題"})
    assert response.status_code == 200
    assert "新しい題" in response.content.decode()
    assert 'class="summary"' in response.content.decode()


def test_while_returned_the_change_is_the_answer_and_the_three_days_begin_anew(client, staff):
    notice = receive(NOW, venue_name="")
    services.return_notice(notice=notice, reason="facts_missing", message="会場は？", by=staff, now=NOW)
    data = form_of(client, notice) | {"venue_name": "大槻公民館", "send": "1"}
    with time_machine.travel(day(2026, 11, 24, 9), tick=False):
        client.post(path(notice, "edit/"), data)
    notice.refresh_from_db()
    assert (notice.state, notice.due_on.isoformat()) == ("reviewing", "2026-11-27")
    assert notice.entries.get(kind="answered").data["changes"] == [["venue_name", "", "大槻公民館"]]


@pytest.mark.parametrize("kind", ["call", "grant", "report", "match", "change", "cancellation", "other"])
def test_every_kind_can_be_put_right(client, kind):
    notice = receive(NOW, kind=kind, sessions=[], funder="市", match_direction="wanted", not_before_on=NOW.date())
    data = form_of(client, notice) | {"text": "書きなおしました。", "send": "1"}
    assert client.post(path(notice, "edit/"), data).status_code == 302
    assert [change[0] for change in notice.entries.get(kind="message_in").data["changes"]] == ["text"]


# After it is published


@pytest.mark.parametrize("kind", ["change", "cancellation"])
def test_after_publication_a_change_is_a_new_notice_with_everything_known_filled_in(client, tree, kind):
    group = add_group(tree, "大槻もちつきの会")
    notice = receive(NOW, group=group)
    make_and_publish(notice, day(2026, 11, 19, 9))
    assert client.get(path(notice, "edit/")).status_code == 302
    response = client.post(path(notice, "change/"), {"kind": kind})
    draft = NoticeDraft.objects.get()
    assert response["Location"].startswith("/notices/new/")
    assert draft.group_id == group.pk
    for name, value in (
        ("kind", kind),
        ("about_text", notice.number),
        ("contact_name", "佐藤花子"),
        ("contact_email", "mochi@example.jp"),
    ):
        assert draft.typed[name] == [value]
    client.post(path(notice, "change/"), {"kind": "event"})
    assert NoticeDraft.objects.count() == 1


def test_a_group_that_is_only_known_by_name_is_not_taken_for_certain_in_a_change(client, tree):
    add_group(tree, "大槻もちつきの会")
    notice = receive(NOW)
    make_and_publish(notice, day(2026, 11, 19, 9))
    client.post(path(notice, "change/"), {"kind": "change"})
    assert NoticeDraft.objects.get().group_id is None

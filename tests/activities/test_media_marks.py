"""Where a notice appears: the proposal, the decision of the staff, the mark that it was told, and who may."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.urls import reverse

from activities import carried
from activities.carried import Carried
from activities.media import Medium
from activities.models import Notice, NoticeMedium
from activities.notices.errors import InTheFuture, NotOpen, ReasonMissing
from activities.notices.media_errors import (
    BeforeReceipt,
    NotPublicYet,
    NotWanted,
    PlaceMissing,
    WebIsAutomatic,
    WebStays,
)
from activities.notices.media_filter import not_done
from activities.notices.media_marks import mark_medium, overrule_medium, undo_overrule, unmark_medium
from activities.notices.media_states import media_states
from activities.notices.queries import public_history
from activities.notices.steps import decline_notice
from activities.notices.words import entry_words
from tests.activities.notice_builders import day, make_and_publish, receive, words_of

pytestmark = pytest.mark.django_db
NOW = day(2026, 11, 20, 9)
POST = "https://www.facebook.com/park/posts/1"


@pytest.fixture(autouse=True)
def on_that_morning(tree):
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def desk(client, staff):
    client.force_login(staff)
    return client


@pytest.fixture
def no_carrier():
    """The mail's own answer is out of the way for a moment."""
    kept = list(carried._sources)
    yield
    carried._sources[:] = kept


def url(name: str, notice: Notice) -> str:
    return reverse(f"notice_desk:{name}", args=[notice.pk])


def state_of(notice: Notice, medium: str, now=NOW):
    return next(state for state in media_states([notice], now=now)[notice.pk] if state.medium == medium)


def decide(notice: Notice, medium: str, is_in: bool, reason: str = "会場が近いため。", by=None) -> None:
    overrule_medium(notice=notice, medium=medium, is_in=is_in, reason=reason, by=by, now=NOW)


def mark(notice: Notice, medium: str, done_at=NOW, **facts) -> None:
    mark_medium(notice=notice, medium=medium, done_at=done_at, by=None, now=NOW, **facts)


# Decisions


def test_staff_leave_a_medium_out_and_the_group_reads_why(staff):
    notice = receive(NOW, media=["web", "facebook", "mail"])
    decide(notice, "mail", False, "次のメールの前に終わるため。", by=staff)
    assert notice.media == ["web", "facebook"]
    state = state_of(notice, "mail")
    assert (state.is_wanted, state.was_wished, state.is_overruled) == (False, True, True)
    assert (state.reason, state.decided_by) == ("次のメールの前に終わるため。", staff)
    entry = public_history(notice)[0]
    assert "載せないことにしました" in entry_words(entry)
    assert entry.text == "次のメールの前に終わるため。"


def test_staff_take_a_medium_in_and_the_wish_can_be_followed_again():
    notice = receive(NOW, media=["web"])
    decide(notice, "stands", True)
    assert notice.media == ["web", "stands"]
    undo_overrule(notice=notice, medium="stands", by=None, now=NOW)
    assert notice.media == ["web"]
    assert not state_of(notice, "stands").is_overruled
    assert [entry.data.get("is_undone", False) for entry in public_history(notice)[:2]] == [True, False]


def test_deciding_what_the_group_wished_takes_the_decision_back():
    notice = receive(NOW, media=["web", "mail"])
    decide(notice, "mail", False)
    decide(notice, "mail", True, "やはり間に合うため。")
    assert notice.media == ["web", "mail"]
    assert not state_of(notice, "mail").is_overruled


def test_a_decision_said_twice_stands_once_in_the_history():
    notice = receive(NOW, media=["web", "mail"])
    decide(notice, "mail", False)
    decide(notice, "mail", False)
    assert notice.entries.filter(data__field="media").count() == 1


def test_what_a_decision_refuses():
    notice = receive(NOW, media=["web", "mail"])
    with pytest.raises(ReasonMissing):
        decide(notice, "mail", False, "　")
    with pytest.raises(WebStays):
        decide(notice, "web", False)
    decline_notice(notice=notice, reason="基準に合わないため。", by=None, now=NOW)
    with pytest.raises(NotOpen):
        decide(notice, "mail", False)
    assert NoticeMedium.objects.count() == 0


# Marks


def test_this_site_is_marked_by_the_page_itself():
    notice = receive(day(2026, 11, 18, 9))
    assert not state_of(notice, "web").is_done
    page = make_and_publish(notice, NOW)
    state = state_of(notice, "web")
    assert (state.is_done, state.done_at, state.is_automatic) == (True, NOW, True)
    assert state.url.endswith(page.get_url())
    page.refresh_from_db()
    page.unpublish()
    assert "公開されていません" in state_of(notice, "web").words
    with pytest.raises(WebIsAutomatic):
        mark(notice, "web")


def test_a_mark_carries_time_place_and_person_and_can_be_taken_back(staff):
    notice = receive(day(2026, 11, 18, 9), media=["web", "magazine"])
    at = NOW - timedelta(days=1)
    mark_medium(notice=notice, medium="magazine", done_at=at, place="第87号 4ページ", by=staff, now=NOW)
    state = state_of(notice, "magazine")
    assert (state.is_done, state.done_at, state.place, state.done_by) == (True, at, "第87号 4ページ", staff)
    assert "第87号 4ページ" in entry_words(public_history(notice)[0])
    unmark_medium(notice=notice, medium="magazine", by=staff, now=NOW)
    assert not state_of(notice, "magazine").is_done
    assert public_history(notice)[0].data["place"] == "第87号 4ページ"  # what was said stays in the history


def test_facebook_is_told_with_its_address_after_the_page():
    notice = receive(day(2026, 11, 18, 9), media=["web", "facebook"])
    with pytest.raises(NotPublicYet):
        mark(notice, "facebook", url=POST)
    make_and_publish(notice, NOW)
    mark(notice, "facebook", url=POST)
    assert (notice.facebook_url, notice.facebook_posted_at) == (POST, NOW)
    unmark_medium(notice=notice, medium="facebook", by=None, now=NOW)
    assert (notice.facebook_url, notice.facebook_posted_at) == ("", None)


def test_what_a_mark_refuses():
    notice = receive(day(2026, 11, 18, 9), media=["web", "magazine", "mail"])
    with pytest.raises(InTheFuture):
        mark(notice, "mail", done_at=NOW + timedelta(seconds=1))
    with pytest.raises(BeforeReceipt):
        mark(notice, "mail", done_at=day(2026, 11, 17, 23, 59))
    with pytest.raises(PlaceMissing):
        mark(notice, "magazine")
    with pytest.raises(NotWanted):
        mark(notice, "facebook", url=POST)
    mark(notice, "mail", done_at=day(2026, 11, 18, 0))  # the day of receipt counts as a whole
    assert state_of(notice, "mail").is_done


def test_the_mail_says_by_itself_which_issue_carried_it(no_carrier):
    notice = receive(day(2026, 11, 18, 9), media=["web", "mail"])
    sent_at = day(2026, 12, 1, 10)
    carried.register(lambda rows: {row.pk: Carried("12月号", sent_at, "/mail/2026-12/") for row in rows}, lambda: None)
    state = state_of(notice, "mail")
    assert (state.is_done, state.done_at, state.is_automatic) == (True, sent_at, True)
    assert (state.words, state.url) == ("12月号に載せました", "/mail/2026-12/")


# The board


def test_the_board_finds_what_is_not_done(no_carrier):
    carried._sources.clear()
    told = receive(day(2026, 11, 18, 9), media=["web", "facebook", "magazine", "mail"])
    make_and_publish(told, NOW)
    mark(told, "facebook", url=POST)
    mark(told, "mail", place="12月号")
    waiting = receive(day(2026, 11, 19, 9), media=["web", "facebook", "mail"], title="まだの催し")
    declined = receive(day(2026, 11, 19, 9), media=["web", "facebook", "mail", "magazine"], title="断った催し")
    decline_notice(notice=declined, reason="基準に合わないため。", by=None, now=NOW)
    rows = Notice.objects.order_by("pk")
    assert list(not_done(rows, "web")) == [waiting]
    assert list(not_done(rows, "facebook")) == [waiting]
    assert list(not_done(rows, "mail")) == [waiting]
    assert list(not_done(rows, "magazine")) == [told]
    assert list(not_done(rows, "stands")) == []


def test_the_queries_do_not_grow_with_the_board(django_assert_max_num_queries):
    for number in range(12):
        notice = receive(day(2026, 11, 18, 9), media=["web", "facebook", "mail"], title=f"催し{number}")
        if number % 2:
            make_and_publish(notice, NOW)
    with django_assert_max_num_queries(26) as few:
        media_states(Notice.objects.order_by("pk")[:2], now=NOW)
    with django_assert_max_num_queries(26) as many:
        media_states(Notice.objects.order_by("pk"), now=NOW)
    assert len(many) <= len(few) + 1


# The screens


def test_the_screen_of_a_notice_says_proposal_wish_and_decision(desk, staff):
    notice = receive(day(2026, 11, 18, 9), media=["web", "mail"], kind="grant", sessions=[])
    decide(notice, "facebook", True, "若い団体に届けたいため。", by=staff)
    words = words_of(desk.get(url("detail", notice)))
    assert "職員の判断で載せます：若い団体に届けたいため。" in words
    assert "提案：載せません" in words
    assert "団体は希望していませんでした。" in words
    assert "団体の希望に戻す" in words


def test_a_decision_is_made_on_a_short_form_that_wants_a_reason(desk):
    notice = receive(day(2026, 11, 18, 9), media=["web", "mail"])
    form = desk.get(url("overrule", notice) + "?medium=mail")
    assert "載せないことにする" in words_of(form)
    assert "空いています" in words_of(desk.post(url("overrule", notice), {"medium": "mail", "reason": " "}))
    desk.post(url("overrule", notice), {"medium": "mail", "reason": "次のメールの前に終わるため。"})
    notice.refresh_from_db()
    assert notice.media == ["web"]
    desk.post(url("wish", notice), {"medium": "mail"})
    notice.refresh_from_db()
    assert notice.media == ["web", "mail"]
    assert desk.post(url("wish", notice), {"medium": "fax"}).status_code == 404


def test_a_mark_is_made_with_day_hour_and_place(desk):
    notice = receive(day(2026, 11, 18, 9), media=["web", "magazine"])
    told = {"medium": "magazine", "told-year": "2026", "told-month": "11", "told-day": "19", "told-time": "15時"}
    assert "空いています" in words_of(desk.post(url("mark", notice), told))
    desk.post(url("mark", notice), told | {"place": "第８７号"})
    state = state_of(notice, "magazine")
    assert (state.done_at, state.place) == (day(2026, 11, 19, 15), "第８７号")
    desk.post(url("unmark", notice), {"medium": "magazine"})
    assert not state_of(notice, "magazine").is_done


def test_words_of_a_group_stay_words(desk):
    notice = receive(day(2026, 11, 18, 9), media=["web", "mail"], title="<script>alert(1)</script>")
    decide(notice, "mail", False, "<img src=x onerror=alert(1)>")
    for name in ("detail", "facebook", "stands"):
        html = desk.get(url(name, notice)).content.decode()
        assert "<script>alert(1)" not in html and "<img src=x" not in html


def test_whoever_may_only_look_decides_nothing(client, django_user_model):
    user = django_user_model.objects.create_user(username="mirudake", password="x", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["access_admin", "view_notice"]))
    client.force_login(user)
    notice = receive(day(2026, 11, 18, 9), media=["web", "mail"])
    page = client.get(url("detail", notice))
    assert "団体の希望：あり" in words_of(page)
    assert "overrule" not in page.content.decode()
    client.post(url("overrule", notice), {"medium": "mail", "reason": "いらないため。"})
    client.post(url("mark", notice), {"medium": "mail"})
    notice.refresh_from_db()
    assert notice.media == ["web", "mail"]
    assert not NoticeMedium.objects.exists()


def test_every_medium_has_a_row_for_every_kind_of_notice():
    for kind in ("event", "call", "grant", "report", "match", "change", "cancellation", "other"):
        notice = receive(NOW, kind=kind, sessions=[] if kind != "event" else None)
        assert [state.medium for state in media_states([notice], now=NOW)[notice.pk]] == list(Medium)

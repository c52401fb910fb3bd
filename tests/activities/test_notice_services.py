"""A notice on its way: received, asked about, answered, refused, taken back, published."""

import re
from datetime import date, time, timedelta

import pytest
import time_machine
from wagtail.models import ModelLogEntry, Page, PageViewRestriction

from activities import deadlines, services
from activities.models import EventPage, Notice, NoticeEntry, NoticePage, NoticePolicy
from activities.notices.queries import notice_by_token, policy_at, settlement_rows
from activities.notices.tokens import token_of
from center.intake.storage import private_storage
from center.models import SpecialDay
from tests.activities.notice_builders import (
    EVENT,
    day,
    flyer,
    mails,
    make_and_publish,
    photo,
    publish,
    receive,
    tree_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def tree(db):
    return tree_of(2026)


def kinds_of(notice: Notice) -> list[str]:
    return [kind for kind in notice.entries.order_by("pk").values_list("kind", flat=True) if kind != "forecast"]


# Receipt


@pytest.mark.parametrize(
    ("received_at", "due_on", "prepare_by"),
    [
        (day(2026, 11, 18, 9), date(2026, 11, 21), date(2026, 11, 20)),
        (day(2026, 11, 20, 15), date(2026, 11, 23), date(2026, 11, 20)),
        (day(2026, 12, 29, 10), date(2027, 1, 1), None),
    ],
)
def test_a_notice_gets_its_due_day_by_the_printed_promise(received_at, due_on, prepare_by):
    notice = receive(received_at)
    assert (notice.due_on, notice.prepare_by) == (due_on, prepare_by)
    assert notice.clock_started_at == received_at


def test_numbers_run_by_the_year_of_receipt_in_tokyo():
    last_evening, new_year = day(2026, 12, 31, 23, 59, 59), day(2027, 1, 1)
    numbers = [receive(moment).number for moment in (last_evening, last_evening, new_year)]
    assert numbers == ["2026-0001", "2026-0002", "2027-0001"]


def test_numbers_go_on_after_9999():
    first = receive(day(2026, 11, 18, 9))
    Notice.objects.filter(pk=first.pk).update(number="2026-9999")
    assert receive(day(2026, 11, 18, 10)).number == "2026-10000"
    assert receive(day(2026, 11, 18, 10)).number == "2026-10001"


def test_the_receipt_says_number_due_day_media_and_link():
    notice = receive(day(2026, 11, 18, 9), files=[photo()])
    (mail,) = mails("notice-receipt")
    assert mail.to == "mochi@example.jp"
    assert mail.holds_token
    assert notice.number in mail.subject
    assert "公開の期限：11月21日（土）" in mail.text
    assert "その日は休館日なので、11月20日（金）までに準備します。" in mail.text
    assert "・このサイト：載せます（" in mail.text
    assert "佐藤花子 様" in mail.text
    link = re.search(r"https://assist-park\.example/notices/status/(\S+)/", mail.text)
    assert notice_by_token(link[1], now=day(2026, 11, 18, 9)) == notice


def test_the_receipt_tells_when_the_due_day_comes_while_closed():
    receive(day(2026, 12, 29, 10), sessions=[(day(2027, 2, 1, 10), None)])
    assert "休館中に期限が来ます。次に開館する日は1月4日（月）です。" in mails("notice-receipt")[0].text


def test_without_an_address_no_mail_is_queued_and_the_notice_is_taken_all_the_same():
    notice = receive(day(2026, 11, 18, 9), channel="phone", contact_email="")
    assert notice.number == "2026-0001"
    assert mails() == []


def test_a_phone_notice_counts_from_when_it_really_came():
    notice = receive(day(2026, 11, 20, 9), channel="phone", received_at=day(2026, 11, 18, 16))
    assert notice.due_on == date(2026, 11, 21)


def test_nothing_is_received_in_the_future():
    with pytest.raises(services.InTheFuture):
        receive(day(2026, 11, 18, 9), received_at=day(2026, 11, 18, 9, 1))
    assert not Notice.objects.exists()


def test_a_field_that_a_notice_does_not_have_is_refused():
    with pytest.raises(services.UnknownField):
        receive(day(2026, 11, 18, 9), state="published")


def test_sending_the_same_form_twice_makes_one_notice_and_one_receipt():
    options = {
        "data": EVENT,
        "sessions": [],
        "channel": "form",
        "received_at": day(2026, 11, 18, 9),
        "now": day(2026, 11, 18, 9),
    }
    first = services.receive_notice(files=[photo()], submission_key="same", **options)
    second = services.receive_notice(files=[photo()], submission_key="same", **options)
    assert first == second
    assert Notice.objects.count() == 1
    assert len(mails("notice-receipt")) == 1
    assert first[0].attachments.count() == 1


def test_files_of_a_notice_that_could_not_be_stored_are_removed(monkeypatch):
    receive(day(2026, 11, 17, 9), files=[photo()])
    _folders, before = private_storage().listdir("notices/2026")
    monkeypatch.setattr("activities.notices.receiving.tell_receipt", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        receive(day(2026, 11, 18, 9), files=[photo()])
    _folders, after = private_storage().listdir("notices/2026")
    assert sorted(after) == sorted(before)
    assert Notice.objects.count() == 1


def test_a_stranger_gets_no_more_than_twenty_receipts_a_day():
    for _time in range(22):
        receive(day(2026, 11, 18, 9))
    assert Notice.objects.count() == 22
    assert len(mails("notice-receipt")) == 20
    receive(day(2026, 11, 19, 0))
    assert len(mails("notice-receipt")) == 21


def test_every_step_stands_in_the_history_and_in_the_log(staff):
    notice = receive(day(2026, 11, 18, 9))
    services.start_review(notice=notice, by=staff, now=day(2026, 11, 18, 10))
    assert kinds_of(notice) == ["received", "reviewing"]
    logged = ModelLogEntry.objects.filter(object_id=str(notice.pk)).order_by("pk").values_list("action", flat=True)
    assert {"activities.notice.received", "activities.notice.reviewing"} <= set(logged)
    assert notice.assigned_to == staff


# The rule


def test_without_a_written_rule_the_printed_promise_holds():
    rule = policy_at(day(2026, 11, 18))
    assert (rule.days, rule.unit, rule.closed_due) == (3, "calendar", "keep")


def test_a_new_rule_never_changes_the_notices_received_before_it():
    before = receive(day(2026, 11, 16, 9))
    NoticePolicy.objects.create(valid_from_at=day(2026, 11, 17), unit="business", cutoff=time(17, 15))
    after = receive(day(2026, 11, 18, 9))
    assert before.due_on == date(2026, 11, 19)
    assert after.due_on == date(2026, 11, 24)
    services.return_notice(notice=before, reason="facts_missing", message="", by=None, now=day(2026, 11, 18, 9))
    services.answer_notice(notice=before, text="10時からです。", now=day(2026, 11, 20, 15))
    assert before.due_on == date(2026, 11, 23)


def test_the_rule_in_force_at_a_moment_begins_with_its_first_second():
    NoticePolicy.objects.create(valid_from_at=day(2026, 11, 17), days=5)
    assert policy_at(day(2026, 11, 16, 23, 59, 59)).days == 3
    assert policy_at(day(2026, 11, 17)).days == 5


def test_a_wished_day_moves_the_due_day():
    assert receive(day(2026, 11, 18, 9), not_before_on=date(2026, 12, 5)).due_on == date(2026, 12, 5)
    assert receive(day(2026, 11, 18, 9), not_before_on=date(2026, 11, 19)).due_on == date(2026, 11, 21)


# Returns and answers


def test_a_return_stops_the_clock_and_tells_the_group_why():
    notice = receive(day(2026, 11, 17, 16, 50))
    services.return_notice(
        notice=notice, reason="facts_missing", message="会場はどこですか。", by=None, now=day(2026, 11, 18, 10)
    )
    assert (notice.state, notice.due_on, notice.prepare_by, notice.clock_started_at) == ("returned", None, None, None)
    assert notice.return_count == 1
    assert not notice.late_return
    (mail,) = mails("notice-returned")
    assert "日時、会場、連絡先のうち、書かれていないものを教えてください。" in mail.text
    assert "会場はどこですか。" in mail.text
    assert token_of(notice) in mail.text


def test_an_answer_starts_the_clock_anew_in_full():
    notice = receive(day(2026, 11, 17, 16, 50))
    services.return_notice(notice=notice, reason="facts_missing", message="", by=None, now=day(2026, 11, 18, 10))
    services.answer_notice(notice=notice, text="大槻公民館です。", files=[flyer()], now=day(2026, 11, 24, 9, 5))
    assert notice.state == "reviewing"
    assert notice.due_on == date(2026, 11, 27)
    assert notice.received_at == day(2026, 11, 17, 16, 50)
    assert notice.attachments.count() == 1
    assert "公開の期限：11月27日（金）" in mails("notice-answered")[0].text


def test_a_return_after_the_due_day_leaves_the_notice_late_for_good():
    notice = receive(day(2026, 11, 18, 9))
    services.return_notice(notice=notice, reason="criteria", message="", by=None, now=day(2026, 11, 22, 0))
    services.answer_notice(notice=notice, text="はい。", now=day(2026, 11, 24, 9))
    make_and_publish(notice, day(2026, 11, 24, 10))
    assert notice.late_return
    (row,) = settlement_rows(date(2026, 11, 1), date(2026, 11, 30))
    assert row.on_time(date(2026, 12, 1)) is False


def test_a_return_in_the_last_second_of_the_due_day_is_not_late():
    notice = receive(day(2026, 11, 18, 9))
    services.return_notice(notice=notice, reason="criteria", message="", by=None, now=day(2026, 11, 21, 23, 59, 59))
    assert not notice.late_return


def test_returning_twice_changes_nothing_the_second_time():
    notice = receive(day(2026, 11, 18, 9))
    for hour in (10, 11):
        services.return_notice(notice=notice, reason="no_text", message="", by=None, now=day(2026, 11, 18, hour))
    assert notice.return_count == 1
    assert notice.returned_at == day(2026, 11, 18, 10)
    assert len(mails("notice-returned")) == 1


def test_the_other_reason_needs_words():
    notice = receive(day(2026, 11, 18, 9))
    with pytest.raises(services.ReasonMissing):
        services.return_notice(notice=notice, reason="other", message=" ", by=None, now=day(2026, 11, 18, 10))
    notice.refresh_from_db()
    assert notice.state == "received"


def test_only_a_returned_notice_can_be_answered_and_its_files_are_not_kept():
    notice = receive(day(2026, 11, 18, 9))
    with pytest.raises(services.NotReturned):
        services.answer_notice(notice=notice, text="はい。", files=[flyer()], now=day(2026, 11, 18, 10))
    assert notice.attachments.count() == 0


def test_an_unanswered_return_is_reminded_once_after_seven_days():
    notice = receive(day(2026, 11, 18, 9))
    services.return_notice(notice=notice, reason="other", message="主催者は？", by=None, now=day(2026, 11, 18, 10))
    assert services.tick_notices(now=day(2026, 11, 25, 9, 59))["reminded"] == 0
    assert services.tick_notices(now=day(2026, 11, 25, 10))["reminded"] == 1
    assert services.tick_notices(now=day(2026, 11, 25, 10, 1))["reminded"] == 0
    (mail,) = mails("notice-reminder")
    assert "主催者は？" in mail.text
    services.answer_notice(notice=notice, text="会です。", now=day(2026, 11, 26, 9))
    services.return_notice(notice=notice, reason="criteria", message="", by=None, now=day(2026, 11, 26, 10))
    services.tick_notices(now=day(2026, 12, 4, 9))
    assert len(mails("notice-reminder")) == 2


def test_staff_withdraw_an_unanswered_notice_after_thirty_days_not_before():
    notice = receive(day(2026, 11, 1, 9))
    services.return_notice(notice=notice, reason="no_text", message="", by=None, now=day(2026, 11, 1, 10))
    with pytest.raises(services.TooSoon) as refused:
        services.withdraw_notice(notice=notice, is_unanswered=True, now=day(2026, 11, 30, 23))
    assert refused.value.from_on == date(2026, 12, 1)
    services.withdraw_notice(notice=notice, is_unanswered=True, now=day(2026, 12, 1, 0))
    assert notice.state == "withdrawn"
    assert "お返事がなかったため" in mails("notice-withdrawn")[0].text


# Settled


def test_a_declined_notice_tells_the_group_why_and_is_on_time_by_its_due_day():
    notice = receive(day(2026, 11, 18, 9))
    services.decline_notice(notice=notice, reason="営利の広告のためです。", by=None, now=day(2026, 11, 21, 23, 59))
    assert "営利の広告のためです。" in mails("notice-declined")[0].text
    (row,) = settlement_rows(date(2026, 11, 18), date(2026, 11, 18))
    assert row.on_time(date(2026, 12, 1)) is True


def test_a_refusal_needs_its_reason():
    notice = receive(day(2026, 11, 18, 9))
    with pytest.raises(services.ReasonMissing):
        services.decline_notice(notice=notice, reason="", by=None, now=day(2026, 11, 18, 10))


def test_what_is_settled_stays_settled():
    notice = receive(day(2026, 11, 18, 9))
    services.withdraw_notice(notice=notice, now=day(2026, 11, 18, 10))
    later = {"notice": notice, "now": day(2026, 11, 18, 11)}
    for act in (
        lambda: services.return_notice(reason="no_text", message="", by=None, **later),
        lambda: services.decline_notice(reason="x", by=None, **later),
        lambda: services.start_review(by=None, **later),
        lambda: services.make_page(by=None, **later),
        lambda: services.set_received_at(received_at=day(2026, 11, 17, 9), by=None, **later),
    ):
        with pytest.raises(services.NotOpen):
            act()
    services.withdraw_notice(**later)
    assert kinds_of(notice) == ["received", "withdrawn"]


def test_withdrawn_notices_leave_the_rate_and_open_ones_join_it_when_late():
    services.withdraw_notice(notice=receive(day(2026, 11, 18, 9)), now=day(2026, 11, 19, 9))
    receive(day(2026, 11, 18, 9))
    rows = settlement_rows(date(2026, 11, 1), date(2026, 11, 30))
    assert deadlines.on_time_rate(rows, today=date(2026, 11, 21)).total == 0
    late = deadlines.on_time_rate(rows, today=date(2026, 11, 22))
    assert (late.on_time, late.total) == (0, 1)


def test_the_rows_are_those_received_from_the_first_to_the_last_day_in_tokyo():
    for moment in (day(2026, 10, 31, 23, 59, 59), day(2026, 11, 1), day(2026, 11, 30, 23, 59, 59), day(2026, 12, 1)):
        receive(moment)
    assert len(settlement_rows(date(2026, 11, 1), date(2026, 11, 30))) == 2


def test_facebook_counts_only_where_it_was_wished_and_by_its_own_post():
    with_post = receive(day(2026, 11, 18, 9), media=["facebook"])
    receive(day(2026, 11, 18, 9), media=["mail"])
    make_and_publish(with_post, day(2026, 11, 19, 9))
    (row,) = settlement_rows(date(2026, 11, 1), date(2026, 11, 30), medium="facebook")
    assert row.on_time(date(2026, 11, 22)) is False
    Notice.objects.filter(pk=with_post.pk).update(facebook_posted_at=day(2026, 11, 21, 23))
    (row,) = settlement_rows(date(2026, 11, 1), date(2026, 11, 30), medium="facebook")
    assert row.on_time(date(2026, 11, 22)) is True


def test_correcting_the_receipt_moves_the_due_day_and_is_written_down(staff):
    notice = receive(day(2026, 11, 18, 9), channel="phone")
    services.set_received_at(notice=notice, received_at=day(2026, 11, 16, 9), by=staff, now=day(2026, 11, 18, 10))
    assert notice.due_on == date(2026, 11, 19)
    entry = notice.entries.get(kind="changed")
    assert (entry.by, entry.is_public) == (staff, False)
    with pytest.raises(services.InTheFuture):
        services.set_received_at(notice=notice, received_at=day(2026, 11, 18, 11), by=staff, now=day(2026, 11, 18, 10))


def test_correcting_the_receipt_leaves_a_clock_that_an_answer_started():
    notice = receive(day(2026, 11, 17, 9))
    services.return_notice(notice=notice, reason="no_text", message="", by=None, now=day(2026, 11, 17, 10))
    services.answer_notice(notice=notice, text="はい。", now=day(2026, 11, 20, 9))
    services.set_received_at(notice=notice, received_at=day(2026, 11, 16, 9), by=None, now=day(2026, 11, 20, 10))
    assert notice.due_on == date(2026, 11, 23)


# Published


def test_publishing_records_the_moment_and_tells_the_group():
    notice = receive(day(2026, 11, 18, 9))
    page = make_and_publish(notice, day(2026, 11, 20, 11, 30))
    assert notice.state == "published"
    assert notice.public_since == day(2026, 11, 20, 11, 30)
    (mail,) = mails("notice-published")
    assert "公開しました" in mail.subject
    assert f"https://assist-park.example/events/{page.slug}/" in mail.text


def test_making_the_page_publishes_nothing():
    notice = receive(day(2026, 11, 18, 9))
    services.make_page(notice=notice, by=None, now=day(2026, 11, 18, 10))
    services.tick_notices(now=day(2026, 11, 18, 11))
    notice.refresh_from_db()
    assert (notice.state, notice.public_since) == ("reviewing", None)


def test_publishing_while_returned_counts_as_on_time():
    notice = receive(day(2026, 11, 18, 9))
    page = services.make_page(notice=notice, by=None, now=day(2026, 11, 18, 10))
    services.return_notice(notice=notice, reason="criteria", message="", by=None, now=day(2026, 11, 19, 9))
    publish(page, day(2026, 12, 1, 9))
    (row,) = settlement_rows(date(2026, 11, 1), date(2026, 11, 30))
    assert row.on_time(date(2026, 12, 2)) is True


def test_published_twice_tells_the_group_once():
    notice = receive(day(2026, 11, 18, 9))
    page = make_and_publish(notice, day(2026, 11, 19, 9))
    page.save_revision()
    publish(page, day(2026, 11, 20, 9))
    services.tick_notices(now=day(2026, 11, 20, 10))
    notice.refresh_from_db()
    assert notice.public_since == day(2026, 11, 19, 9)
    assert len(mails("notice-published")) == 1


def test_a_page_taken_down_leaves_the_notice_on_time_with_a_line():
    notice = receive(day(2026, 11, 18, 9))
    page = make_and_publish(notice, day(2026, 11, 19, 9))
    with time_machine.travel(day(2026, 11, 25, 9), tick=False):
        Page.objects.get(pk=page.pk).specific.unpublish()
    notice.refresh_from_db()
    assert (notice.state, notice.public_since) == ("published", day(2026, 11, 19, 9))
    assert kinds_of(notice)[-1] == "unpublished"
    services.tick_notices(now=day(2026, 11, 25, 10))
    assert kinds_of(notice).count("unpublished") == 1
    publish(page, day(2026, 11, 26, 9))
    assert kinds_of(notice)[-1] == "published"
    assert len(mails("notice-published")) == 1


def test_a_deleted_page_is_seen_by_the_tick():
    notice = receive(day(2026, 11, 18, 9))
    page = make_and_publish(notice, day(2026, 11, 19, 9))
    with time_machine.travel(day(2026, 11, 25, 9), tick=False):
        Page.objects.get(pk=page.pk).delete()
    services.tick_notices(now=day(2026, 11, 25, 10))
    services.tick_notices(now=day(2026, 11, 25, 11))
    assert kinds_of(notice).count("unpublished") == 1


def test_a_page_under_a_private_parent_is_not_published(tree):
    with time_machine.travel(day(2026, 11, 18, 8), tick=False):
        PageViewRestriction.objects.create(page=tree.events, restriction_type="login")
    notice = receive(day(2026, 11, 18, 9))
    make_and_publish(notice, day(2026, 11, 19, 9))
    assert notice.state == "reviewing"
    with time_machine.travel(day(2026, 11, 20, 9), tick=False):
        PageViewRestriction.objects.all().get().delete()
    notice.refresh_from_db()
    assert (notice.state, notice.public_since) == ("published", day(2026, 11, 20, 9))


def test_a_page_moved_out_of_a_hidden_branch_is_published_at_that_moment(tree):
    notice = receive(day(2026, 11, 18, 9), kind="other")
    with time_machine.travel(day(2026, 11, 18, 8), tick=False):
        tree.news.unpublish()
    page = make_and_publish(notice, day(2026, 11, 19, 9))
    assert notice.state == "reviewing"
    with time_machine.travel(day(2026, 11, 19, 15), tick=False):
        Page.objects.get(pk=page.pk).move(Page.objects.get(pk=tree.events.pk), pos="last-child")
    notice.refresh_from_db()
    assert notice.public_since == day(2026, 11, 19, 15)


def test_a_scheduled_page_is_not_published_before_it_goes_live():
    notice = receive(day(2026, 11, 18, 9))
    page = services.make_page(notice=notice, by=None, now=day(2026, 11, 18, 10))
    page.go_live_at = day(2026, 11, 20, 9)
    page.save_revision()
    publish(page, day(2026, 11, 18, 11))
    notice.refresh_from_db()
    assert notice.public_since is None


def test_a_page_public_before_its_notice_counts_from_the_receipt(tree):
    with time_machine.travel(day(2026, 11, 10, 9), tick=False):
        page = tree.events.add_child(instance=make_page_by_hand())
        page.save_revision().publish()
    notice = receive(day(2026, 11, 18, 9))
    services.link_page(notice=notice, page=page, by=None, now=day(2026, 11, 19, 9))
    assert (notice.state, notice.public_since) == ("published", day(2026, 11, 18, 9))


def test_a_spell_that_ended_before_the_receipt_does_not_count(tree):
    with time_machine.travel(day(2026, 11, 10, 9), tick=False):
        page = tree.events.add_child(instance=make_page_by_hand())
        page.save_revision().publish()
    with time_machine.travel(day(2026, 11, 17, 9), tick=False):
        Page.objects.get(pk=page.pk).specific.unpublish()
    notice = receive(day(2026, 11, 18, 9))
    services.link_page(notice=notice, page=page, by=None, now=day(2026, 11, 19, 9))
    assert notice.state == "received"
    publish(page, day(2026, 11, 20, 9))
    notice.refresh_from_db()
    assert notice.public_since == day(2026, 11, 20, 9)


def test_several_pages_count_from_the_first_moment_when_all_are_public(tree):
    notice = receive(day(2026, 11, 18, 9))
    second = tree.events.add_child(instance=make_page_by_hand())
    services.link_page(notice=notice, page=second, by=None, now=day(2026, 11, 18, 10))
    make_and_publish(notice, day(2026, 11, 19, 9))
    assert notice.state == "reviewing" or notice.public_since is None
    second.save_revision()
    publish(second, day(2026, 11, 20, 9))
    notice.refresh_from_db()
    assert notice.public_since == day(2026, 11, 20, 9)


def test_a_page_linked_after_the_publication_changes_nothing(tree):
    notice = receive(day(2026, 11, 18, 9))
    make_and_publish(notice, day(2026, 11, 19, 9))
    draft = make_page_by_hand()
    draft.live = False
    draft = tree.events.add_child(instance=draft)
    services.link_page(notice=notice, page=draft, by=None, now=day(2026, 11, 20, 9))
    services.tick_notices(now=day(2026, 11, 20, 10))
    notice.refresh_from_db()
    assert notice.public_since == day(2026, 11, 19, 9)
    assert "unpublished" not in kinds_of(notice)


def test_the_tick_finds_a_publication_that_no_signal_told():
    notice = receive(day(2026, 11, 18, 9))
    make_and_publish(notice, day(2026, 11, 19, 9))
    Notice.objects.filter(pk=notice.pk).update(state="reviewing", public_since=None, settled_at=None)
    NoticeEntry.objects.filter(notice=notice, kind="published").delete()
    assert services.tick_notices(now=day(2026, 11, 20, 9))["published"] == 1
    notice.refresh_from_db()
    assert notice.public_since == day(2026, 11, 19, 9)


def test_a_withdrawn_notice_is_not_published_by_its_page():
    notice = receive(day(2026, 11, 18, 9))
    page = services.make_page(notice=notice, by=None, now=day(2026, 11, 18, 10))
    services.withdraw_notice(notice=notice, now=day(2026, 11, 18, 11))
    publish(page, day(2026, 11, 19, 9))
    notice.refresh_from_db()
    assert notice.state == "withdrawn"
    assert mails("notice-published") == []


# Changes and cancellations


def test_a_cancellation_is_done_when_staff_mark_it_never_by_the_page_being_public():
    page = make_and_publish(receive(day(2026, 11, 1, 9)), day(2026, 11, 2, 9))
    notice = receive(day(2026, 11, 18, 9), kind="cancellation", about_page=page, about_text="2026-0001")
    services.link_page(notice=notice, page=page, by=None, now=day(2026, 11, 18, 10))
    page.save_revision()
    publish(page, day(2026, 11, 18, 12))
    notice.refresh_from_db()
    assert notice.is_open
    services.apply_notice(notice=notice, by=None, now=day(2026, 11, 18, 13))
    assert (notice.state, notice.applied_at) == ("published", day(2026, 11, 18, 13))
    rows = settlement_rows(date(2026, 11, 18), date(2026, 11, 18))
    assert rows[0].on_time(date(2026, 12, 1)) is True
    assert page.slug in mails("notice-applied")[0].text


def test_only_changes_are_applied():
    with pytest.raises(services.NotAChange):
        services.apply_notice(notice=receive(day(2026, 11, 18, 9)), by=None, now=day(2026, 11, 18, 10))


# Closed days


def test_a_day_closed_later_moves_the_due_day_of_open_notices_only_later():
    NoticePolicy.objects.create(valid_from_at=day(2026, 1, 1), closed_due="next_open_day")
    notice = receive(day(2026, 11, 10, 9))
    done = receive(day(2026, 11, 10, 9))
    services.decline_notice(notice=done, reason="x", by=None, now=day(2026, 11, 10, 10))
    assert notice.due_on == date(2026, 11, 13)
    SpecialDay.objects.create(on=date(2026, 11, 13), name="停電")
    assert services.tick_notices(now=day(2026, 11, 11, 9))["due_moved"] == 1
    assert services.tick_notices(now=day(2026, 11, 11, 10))["due_moved"] == 0
    notice.refresh_from_db()
    done.refresh_from_db()
    assert (notice.due_on, notice.prepare_by) == (date(2026, 11, 16), date(2026, 11, 16))
    assert done.due_on == date(2026, 11, 13)
    assert kinds_of(notice)[-1] == "due_moved"
    assert "11月16日（月）" in mails("notice-due-moved")[0].text
    SpecialDay.objects.all().delete()
    services.tick_notices(now=day(2026, 11, 11, 11))
    notice.refresh_from_db()
    assert notice.due_on == date(2026, 11, 16)


def test_under_the_printed_promise_a_closed_day_moves_only_the_preparation():
    notice = receive(day(2026, 11, 17, 9))
    assert notice.prepare_by == date(2026, 11, 20)
    SpecialDay.objects.create(on=date(2026, 11, 20))
    assert services.tick_notices(now=day(2026, 11, 18, 9))["due_moved"] == 0
    notice.refresh_from_db()
    assert (notice.due_on, notice.prepare_by) == (date(2026, 11, 20), date(2026, 11, 19))
    assert mails("notice-due-moved") == []


def test_the_tick_is_quiet_when_nothing_happened():
    receive(day(2026, 11, 18, 9))
    before = NoticeEntry.objects.count(), len(mails())
    for minute in range(3):
        services.tick_notices(now=day(2026, 11, 18, 9, minute))
    assert (NoticeEntry.objects.count(), len(mails())) == before


# The link


def test_the_link_ends_a_year_after_the_notice_was_settled():
    notice = receive(day(2026, 11, 18, 9))
    token = token_of(notice)
    assert notice_by_token(token, now=day(2028, 11, 18)) == notice
    services.withdraw_notice(notice=notice, now=day(2026, 11, 19, 9))
    assert notice_by_token(token, now=day(2026, 11, 19, 9) + timedelta(days=400)) == notice
    assert notice_by_token(token, now=day(2026, 11, 19, 9) + timedelta(days=400, seconds=1)) is None


def test_the_token_is_not_stored_and_survives_a_change_of_the_secret_key(settings):
    notice = receive(day(2026, 11, 18, 9))
    token = token_of(notice)
    assert token not in str(Notice.objects.filter(pk=notice.pk).values().get())
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"
    assert token_of(notice) == token
    settings.SECRET_KEY_FALLBACKS = []
    renewed = token_of(notice)
    assert renewed != token
    assert notice_by_token(renewed, now=day(2026, 11, 18, 9)) == notice


def make_page_by_hand() -> Page:
    """A page that nobody's notice made."""
    return EventPage(title="前からのページ", slug="mae-kara")


def test_each_notice_has_at_most_one_page_made_from_it():
    notice = receive(day(2026, 11, 18, 9))
    services.make_page(notice=notice, by=None, now=day(2026, 11, 18, 10))
    services.make_page(notice=notice, by=None, now=day(2026, 11, 18, 10))
    assert NoticePage.objects.filter(notice=notice, is_main=True).count() == 1

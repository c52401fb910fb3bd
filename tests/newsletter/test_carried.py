"""The mail says by itself which notices it carried."""

import pytest

from activities.media import Medium
from activities.models import Notice
from activities.notices.media_filter import not_done
from activities.notices.media_states import media_states
from newsletter.models import Issue, IssueItem, IssueState
from tests.activities.notice_builders import day, make_and_publish, receive

pytestmark = pytest.mark.django_db
SENT_AT = day(2026, 12, 1, 10)
NOW = day(2026, 12, 2, 9)


def issue(month: int, *pages, sent_at=SENT_AT, state=IssueState.SENT) -> Issue:
    made = Issue.objects.create(
        year=2026,
        month=month,
        number=month,
        slug=f"2026-{month:02}",
        subject=f"{month}月号",
        state=state,
        cutoff_at=sent_at,
        send_at=sent_at,
        not_after=sent_at,
        frozen_at=sent_at,
        sending_started_at=sent_at,
        created_at=sent_at,
    )
    for page in pages:
        IssueItem.objects.create(
            issue=made, page=page, page_ref=page.pk, section_name="催し", reason="coming", title=page.title
        )
    return made


def mail_state(notice: Notice):
    return next(state for state in media_states([notice], now=NOW)[notice.pk] if state.medium == Medium.MAIL)


def test_a_notice_whose_page_was_mailed_is_done_with_issue_and_address(tree):
    notice = receive(day(2026, 11, 18, 9), media=["web", "mail"])
    page = make_and_publish(notice, day(2026, 11, 20, 9))
    waiting = receive(day(2026, 11, 18, 9), media=["web", "mail"], title="載らなかった催し")
    issue(11, page, sent_at=day(2026, 11, 4, 10))  # before it was received
    assert not mail_state(notice).is_done
    assert set(not_done(Notice.objects.all(), "mail")) == {notice, waiting}
    issue(12, page)
    state = mail_state(notice)
    assert (state.is_done, state.done_at, state.words) == (True, SENT_AT, "12月号に載せました")
    assert state.url == "/mail/2026-12/"
    assert set(not_done(Notice.objects.all(), "mail")) == {waiting}


def test_an_issue_that_was_never_sent_carried_nothing(tree):
    notice = receive(day(2026, 11, 18, 9), media=["web", "mail"])
    page = make_and_publish(notice, day(2026, 11, 20, 9))
    made = issue(12, page, state=IssueState.FROZEN)
    Issue.objects.filter(pk=made.pk).update(sending_started_at=None)
    assert not mail_state(notice).is_done


def test_a_cancellation_was_not_carried_by_the_mail_that_told_the_old_words(tree):
    notice = receive(day(2026, 11, 18, 9), media=["web", "mail"])
    page = make_and_publish(notice, day(2026, 11, 20, 9))
    news = receive(
        day(2026, 12, 1, 12), kind="cancellation", sessions=[], about_page=page, media=["web", "mail"], title="中止"
    )
    issue(12, page)
    Notice.objects.filter(pk=news.pk).update(applied_at=day(2026, 12, 1, 13), state="published")
    news.refresh_from_db()
    assert not mail_state(news).is_done
    issue(1, page, sent_at=day(2027, 1, 5, 10))
    assert mail_state(news).is_done

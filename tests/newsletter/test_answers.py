"""Does a page open for a stranger? Asked of our own views before an issue is closed, approved and sent."""

from datetime import date, datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from wagtail.models import PageViewRestriction

from activities.models import EventPage
from center.opening import TOKYO
from config.builders import add_grant, add_lecture, add_magazine, add_match, add_news
from newsletter import services
from newsletter.answers import ask_pages
from newsletter.reasons import BlockerCode

pytestmark = pytest.mark.django_db


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=TOKYO)


@pytest.fixture
def event(world):
    return world.event("音楽会", (2026, 11, 18, 9), (2026, 12, 20, 14), (2026, 12, 20, 16))


def test_every_kind_of_page_that_can_be_mailed_opens(world, event):
    with world.travel(2026, 11, 18, 9):
        pages = [
            event,
            add_lecture(world.tree, "講座", sessions=[(at(2026, 12, 5, 13), at(2026, 12, 5, 15))]),
            add_grant(world.tree, "助成", closes_on=date(2026, 12, 20)),
            add_match(world.tree, "ほしい"),
            add_news(world.tree, "お知らせ"),
            add_magazine(world.tree, 57, date(2026, 12, 1)),
        ]
        assert ask_pages([page.pk for page in pages]) == {page.pk: 200 for page in pages}


def test_a_page_behind_a_login_sends_strangers_away(event):
    PageViewRestriction.objects.create(page=event, restriction_type=PageViewRestriction.LOGIN)
    assert ask_pages([event.pk])[event.pk] == 302


@pytest.mark.parametrize(
    ("error", "status"), [(Http404(), 404), (PermissionDenied(), 403), (ValueError("broken"), 500)]
)
def test_what_breaks_the_page_for_readers_is_its_answer(event, monkeypatch, error, status):
    def serve(*args, **kwargs):
        raise error

    monkeypatch.setattr(EventPage, "serve", serve)
    assert ask_pages([event.pk]) == {event.pk: status}


def test_an_issue_with_a_page_that_does_not_open_is_closed_but_not_approved(world, december, event, monkeypatch):
    issue = services.draft_issue(year=2026, month=12, now=december.drafted)

    def serve(*args, **kwargs):
        raise ValueError("broken")

    monkeypatch.setattr(EventPage, "serve", serve)
    assembly = services.freeze_issue(issue=issue, by=world.editor, now=december.freeze)
    assert [(found.code, found.subject) for found in assembly.blockers] == [(BlockerCode.NO_ANSWER, "音楽会")]
    with pytest.raises(services.Blocked):
        services.approve_issue(issue=issue, by=world.approver, now=december.approve)
    monkeypatch.undo()
    services.approve_issue(issue=issue, by=world.approver, now=december.approve)

"""Facts never wait for translators."""

from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail.models import Locale

from activities.models import EventPage, EventSession, EventState
from config.builders import add_event


@pytest.fixture
def english(tree):
    """An event with its published English page, translated by hand."""
    start = timezone.now() + timedelta(days=10)
    page = add_event(tree, "川べりを歩く", sessions=[(start, start + timedelta(hours=2))], venue_name="公民館")
    locale = Locale.objects.get(language_code="en")
    for parent in (tree.home, tree.events):
        parent.copy_for_translation(locale).save_revision().publish()
    translation = page.copy_for_translation(locale)
    translation.title = "A walk along the river"
    translation.save_revision().publish()
    return page, translation


def test_cancelling_the_japanese_page_cancels_the_english_one_at_once(english):
    page, translation = english
    page.state = EventState.CANCELLED
    page.save_revision().publish()
    translation = EventPage.objects.get(pk=translation.pk)
    assert translation.state == EventState.CANCELLED
    assert translation.title == "A walk along the river"


def test_a_moved_session_moves_in_english_too(english):
    page, translation = english
    start = timezone.now() + timedelta(days=20)
    page.sessions = [EventSession(starts_at=start, ends_at=None)]
    page.save_revision().publish()
    assert [session.starts_at for session in EventPage.objects.get(pk=translation.pk).sessions.all()] == [start]


def test_a_translation_published_with_old_facts_is_mended(english):
    page, translation = english
    page.fee = "300円"
    page.save_revision().publish()
    stale = EventPage.objects.get(pk=translation.pk)
    stale.fee = "200円"
    stale.save_revision().publish()
    assert EventPage.objects.get(pk=translation.pk).fee == "300円"


def test_publishing_again_without_a_change_writes_no_new_revision(english):
    page, translation = english
    count = translation.revisions.count()
    page.title = "川べりをゆっくり歩く"
    page.save_revision().publish()
    assert translation.revisions.count() == count


def test_the_english_page_stands_at_the_same_slug(english):
    page, translation = english
    assert EventPage.objects.get(pk=translation.pk).slug == page.slug

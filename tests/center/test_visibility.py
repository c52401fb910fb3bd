"""The one gate to the public and its record."""

from datetime import timedelta

from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

from center.models import PublicSpan
from center.visibility import publicly_visible, record_public_spans
from config.builders import add_event, add_news


def visible(page: Page) -> bool:
    return publicly_visible(Page.objects.filter(pk=page.pk)).exists()


def test_a_published_page_is_visible_and_its_span_begins(tree):
    page = add_news(tree, "開館のお知らせ")
    assert visible(page)
    assert PublicSpan.objects.filter(page=page, until__isnull=True).count() == 1


def test_a_draft_is_not_visible_and_has_no_span(tree):
    page = add_news(tree, "下書き", live=False)
    assert not visible(page)
    assert not PublicSpan.objects.filter(page=page).exists()


def test_unpublishing_ends_the_span_and_publishing_again_begins_a_second(tree):
    page = add_news(tree, "お知らせ")
    page.unpublish()
    assert not visible(page)
    assert PublicSpan.objects.get(page=page).until is not None
    page.save_revision().publish()
    assert PublicSpan.objects.filter(page=page).count() == 2


def test_a_child_of_an_unpublished_page_is_hidden(tree):
    page = add_news(tree, "子")
    tree.news.unpublish()
    assert not visible(page)
    assert PublicSpan.objects.get(page=page).until is not None


def test_a_child_of_a_private_page_is_hidden_until_the_restriction_goes(tree):
    page = add_event(tree, "会", sessions=[(timezone.now() + timedelta(days=3), None)])
    restriction = PageViewRestriction.objects.create(page=tree.events, restriction_type="login")
    assert not visible(page)
    assert not PublicSpan.objects.filter(page=page, until__isnull=True).exists()
    restriction.delete()
    assert visible(page)
    assert PublicSpan.objects.filter(page=page).count() == 2


def test_an_expired_page_is_hidden_before_the_clock_unpublishes_it(tree):
    page = add_news(tree, "期限つき")
    Page.objects.filter(pk=page.pk).update(expire_at=timezone.now() - timedelta(minutes=1))
    assert not visible(page)
    record_public_spans(now=timezone.now())
    assert not PublicSpan.objects.filter(page=page, until__isnull=True).exists()


def test_recording_twice_changes_nothing(tree):
    add_news(tree, "お知らせ")
    before = list(PublicSpan.objects.values_list("pk", "since", "until"))
    assert record_public_spans(now=timezone.now()) == (0, 0)
    assert list(PublicSpan.objects.values_list("pk", "since", "until")) == before


def test_a_deleted_page_leaves_its_ended_span(tree):
    page = add_news(tree, "消える")
    number = page.pk
    page.delete()
    assert PublicSpan.objects.get(page_id=number).until is not None

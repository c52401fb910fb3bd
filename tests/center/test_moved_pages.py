"""Addresses that were once told keep working when pages move."""

import pytest
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Locale, Page

from center.moved_pages import keep_old_addresses
from config.builders import add_page
from home.models import StandardPage


@pytest.fixture(autouse=True)
def at_once(django_capture_on_commit_callbacks):
    """Wagtail tells of a changed slug when its transaction ends; here that is when the page was saved."""
    return django_capture_on_commit_callbacks


def page_at(parent: Page, slug: str, **fields) -> StandardPage:
    return add_page(parent, StandardPage(title=slug, slug=slug, **fields))


def rename(page: Page, slug: str, at_once) -> None:
    page = page.specific_class.objects.get(pk=page.pk)
    page.slug = slug
    with at_once(execute=True):
        page.save_revision().publish()


def follow(client, path: str) -> tuple[int, str]:
    """Status and address at the end of the way that begins at `path`."""
    response = client.get(path, follow=True)
    return response.status_code, response.redirect_chain[-1][0] if response.redirect_chain else path


def test_a_page_that_moved_is_found_at_its_old_address(client, tree):
    page = page_at(tree.services, "hall")
    page.move(Page.objects.get(pk=tree.plan.pk), pos="last-child")
    assert follow(client, "/services/hall/") == (200, "/plan/hall/")
    assert follow(client, "/services/hall/?from=mail")[1] == "/plan/hall/"


def test_a_page_with_a_new_slug_is_found_at_its_old_address(client, tree, at_once):
    page = page_at(tree.services, "hall")
    rename(page, "big-hall", at_once)
    assert follow(client, "/services/hall/") == (200, "/services/big-hall/")


def test_all_below_a_renamed_page_is_found_at_its_old_address(client, tree, at_once):
    page = page_at(tree.home, "town")
    page_at(page_at(page, "north"), "river")
    rename(page, "city", at_once)
    assert follow(client, "/town/north/river/") == (200, "/city/north/river/")
    assert follow(client, "/town/") == (200, "/city/")


def test_several_changes_lead_to_the_last_address_in_one_step(client, tree, at_once):
    page = page_at(tree.services, "one")
    rename(page, "two", at_once)
    rename(page, "three", at_once)
    for path in ("/services/one/", "/services/two/"):
        response = client.get(path, follow=True)
        assert [step[0] for step in response.redirect_chain] == ["/services/three/"]


def test_a_page_that_moved_back_leads_nowhere_in_a_circle(client, tree, at_once):
    page = page_at(tree.services, "hall")
    page.move(Page.objects.get(pk=tree.plan.pk), pos="last-child")
    page = Page.objects.get(pk=page.pk)
    page.move(Page.objects.get(pk=tree.services.pk), pos="last-child")
    assert follow(client, "/plan/hall/") == (200, "/services/hall/")
    Page.objects.get(pk=page.pk).unpublish()
    assert client.get("/services/hall/").status_code == 404
    assert not Redirect.objects.filter(old_path="/services/hall").exists()


def test_a_new_page_at_the_old_address_wins(client, tree, at_once):
    rename(page_at(tree.services, "hall"), "big-hall", at_once)
    page_at(tree.services, "hall")
    assert follow(client, "/services/hall/") == (200, "/services/hall/")


def test_the_address_of_another_language_is_kept_too(client, tree, at_once):
    english = Locale.objects.get(language_code="en")
    page = page_at(tree.home, "town")
    for japanese in (tree.home, page):
        japanese.copy_for_translation(english).save_revision().publish()
    rename(page.get_translation(english), "city", at_once)
    assert follow(client, "/en/town/") == (200, "/en/city/")
    assert follow(client, "/town/") == (200, "/town/")


def test_what_staff_have_set_for_an_old_address_stays(client, tree, at_once):
    Redirect.add_redirect("/services/hall/", tree.grants)
    page = page_at(tree.services, "hall")
    rename(page, "big-hall", at_once)
    assert follow(client, "/services/hall/") == (200, "/grants/")


def test_a_draft_had_no_address_to_keep(tree, at_once):
    page = page_at(tree.services, "hall")
    page.unpublish()
    page.move(Page.objects.get(pk=tree.plan.pk), pos="last-child")
    assert not Redirect.objects.exists()


def test_a_large_section_moves_in_batches_with_few_statements(tree, django_assert_max_num_queries):
    top = page_at(tree.home, "town")
    rows = [
        Page(
            title=f"p{number}",
            slug=f"p{number}",
            path=f"{top.path}{number:04}",
            depth=top.depth + 1,
            url_path=f"{top.url_path}p{number}/",
            content_type=top.content_type,
            locale=top.locale,
            live=True,
        )
        for number in range(1, 2501)
    ]
    Page.objects.bulk_create(rows, batch_size=100)
    with django_assert_max_num_queries(120):
        count = keep_old_addresses(top, url_path_before=top.url_path.replace("/town/", "/before/"))
    assert count == 2501
    assert Redirect.objects.get(old_path="/before/p2500").redirect_page.slug == "p2500"
    assert keep_old_addresses(top, url_path_before=top.url_path.replace("/town/", "/before/")) == 2501
    assert Redirect.objects.count() == 2501

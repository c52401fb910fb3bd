"""Who gets a document: everybody while a public page uses it, staff always, nobody else."""

import pytest
from django.core.files.base import ContentFile
from wagtail.models import PageViewRestriction

from activities.models import LectureMaterial
from center.models import CentreDocument
from config.builders import add_event, add_lecture, add_news


@pytest.fixture
def flyer(db):
    return CentreDocument.objects.create(title="ちらし", file=ContentFile("ちらし".encode(), name="a.txt"))


def status(client, document) -> int:
    return client.get(document.url).status_code


def test_a_document_that_nobody_uses_is_not_found(tree, client, flyer):
    assert status(client, flyer) == 404


def test_the_flyer_of_a_public_event_is_served_and_of_a_draft_not(tree, client, flyer):
    page = add_event(tree, "催し", flyer=flyer, live=False)
    assert status(client, flyer) == 404
    page.save_revision().publish()
    assert status(client, flyer) == 200
    page.refresh_from_db()
    page.unpublish()
    assert status(client, flyer) == 404


def test_a_document_linked_in_the_text_or_in_a_part_of_the_page_counts(tree, client, flyer):
    page = add_news(tree, "報告")
    page.body = [("document", {"document": flyer, "title": ""})]
    page.save_revision().publish()
    assert status(client, flyer) == 200
    page.body = [("paragraph", f'<p><a linktype="document" id="{flyer.pk}">ちらし</a></p>')]
    page.save_revision().publish()
    assert status(client, flyer) == 200
    page.body = []
    page.save_revision().publish()
    assert status(client, flyer) == 404
    lecture = add_lecture(tree, "講座")
    lecture.materials = [LectureMaterial(document=flyer)]
    lecture.save_revision().publish()
    assert status(client, flyer) == 200


def test_a_document_of_a_private_page_is_private(tree, client, flyer):
    page = add_event(tree, "催し", flyer=flyer)
    PageViewRestriction.objects.create(page=tree.events, restriction_type="login")
    assert status(client, flyer) == 404
    PageViewRestriction.objects.all().delete()
    assert status(client, flyer) == 200
    page.delete()
    assert status(client, flyer) == 404


def test_staff_get_every_document_and_other_users_do_not(tree, client, staff, flyer, django_user_model):
    client.force_login(staff)
    assert status(client, flyer) == 200
    client.force_login(django_user_model.objects.create_user(username="taro", password="himitsu-no-kotoba"))
    assert status(client, flyer) == 404


def test_a_public_file_may_be_kept_by_caches_for_everybody(tree, client, flyer):
    add_event(tree, "催し", flyer=flyer)
    assert "Cookie" not in client.get(flyer.url).get("Vary", "")

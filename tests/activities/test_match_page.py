"""The page of one matching post, as a citizen reads it: contact goes through the centre only."""

from datetime import date

from activities.models import GroupContact
from config.builders import add_group, add_match


def test_a_post_says_what_is_wanted_and_that_the_centre_brings_people_together(tree, morning, centre, client, seen):
    group = add_group(tree, "おはなしの木")
    GroupContact.objects.create(page=group, kind="phone", value="024-000-3333", publicity="public")
    page = add_match(tree, "絵本がほしい", resource="things", open_until_on=date(2026, 11, 30), group=group)
    words = seen(page)
    for expected in ("絵本がほしい", str(page.get_resource_display()), "あと6日", "おはなしの木", "024-924-3352"):
        assert expected in words
    assert "相手の方へ直接は連絡しないでください" in words
    assert "024-000-3333" not in client.get(page.get_url()).content.decode()


def test_a_post_past_its_day_is_closed(tree, morning, centre, seen):
    assert "締切" in seen(add_match(tree, "机がほしい", open_until_on=date(2026, 11, 23)))


def test_a_post_that_found_its_match_says_so(tree, morning, centre, seen):
    page = add_match(tree, "机がほしい", state="matched")
    assert str(page.get_state_display()) in seen(page)

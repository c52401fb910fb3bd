"""Staff's screens about subscribers."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone
from wagtail.models import ModelLogEntry

from center.models import OutgoingMail
from config.roles import APPROVER, EDITOR, MANAGER, VIEWER, make_roles
from newsletter.models import ConsentEvent, Subscriber, Suppression, Topic
from newsletter.subscribers import subscribe_by_staff, suppress_address
from newsletter.tokens import address_hash

LIST, ADD = "/admin/subscribers/", "/admin/subscribers/new/"


@pytest.fixture
def topics(tree):
    return [Topic.objects.create(slug=slug, name=name) for slug, name in (("monthly", "毎月"), ("extra", "臨時号"))]


@pytest.fixture
def desk(client, staff, topics):
    client.force_login(staff)
    return client


@pytest.fixture
def as_role(client, topics, tree, django_user_model):
    """A browser in which somebody of one role is logged in."""
    make_roles(tree.home)

    def log_in(role: str):
        user = django_user_model.objects.create_user(username=role, password="x")
        user.groups.add(Group.objects.get(name=role))
        client.force_login(user)
        return client

    return log_in


@pytest.fixture
def hanako(topics, staff):
    return subscribe_by_staff(
        email="hanako@example.jp",
        locale="ja",
        format="html",
        topics=topics,
        channel="fax",
        by=staff,
        now=timezone.now() - timedelta(days=1),
    )


def sign_up_sheet(topics, **fields) -> dict:
    wanted = {"email": "ume..ko@docomo.ne.jp", "channel": "paper", "locale": "ja", "format": "text"}
    wanted |= {"consented_on": "2026-01-05", "note": "棚の2段目"}
    return wanted | {"topics": [topic.pk for topic in topics]} | fields


def test_a_sign_up_on_paper_is_entered_with_its_source_and_who_did_it(desk, topics, staff):
    assert desk.get(ADD).status_code == 200
    response = desk.post(ADD, sign_up_sheet(topics))
    assert response.status_code == 302
    umeko = Subscriber.objects.get()
    assert (umeko.email, umeko.state, umeko.format, umeko.topics.count()) == (
        "ume..ko@docomo.ne.jp",
        "active",
        "text",
        2,
    )
    event = ConsentEvent.objects.get()
    assert (event.action, event.channel, event.actor) == ("confirmed", "paper", staff)
    assert (event.consented_on, event.note, umeko.source) == (date(2026, 1, 5), "棚の2段目", "paper")
    assert OutgoingMail.objects.get().kind == "mail-welcome"


def test_an_address_that_is_known_or_suppressed_is_told_in_words(desk, topics, hanako):
    suppress_address(email_norm="bad@example.jp", reason="asked", source="", now=timezone.now())
    for email in ("HANAKO@example.jp", "bad@example.jp", "nothing"):
        response = desk.post(ADD, sign_up_sheet(topics, email=email))
        assert response.status_code == 200
        assert f'value="{email}"' in response.text
    assert Subscriber.objects.count() == 1


def test_somebody_who_left_can_be_entered_again(desk, topics, hanako):
    desk.post(f"/admin/subscribers/leave/{hanako.pk}/")
    desk.post(ADD, sign_up_sheet(topics, email="hanako@example.jp"))
    hanako.refresh_from_db()
    assert hanako.state == "active"


def test_the_list_finds_by_address_and_by_state(desk, topics, hanako, staff):
    subscribe_by_staff(
        email="taro@example.jp", locale="en", format="text", topics=[], channel="paper", by=staff, now=timezone.now()
    )
    desk.post(f"/admin/subscribers/leave/{hanako.pk}/")
    assert "hanako@example.jp" in desk.get(LIST).text and "taro@example.jp" in desk.get(LIST).text
    found = desk.get(LIST, {"q": "tar"}).text
    assert "taro@example.jp" in found and "hanako@example.jp" not in found
    left = desk.get(LIST, {"state": "left"}).text
    assert "hanako@example.jp" in left and "taro@example.jp" not in left


def test_a_day_of_consent_that_has_not_come_or_is_missing_is_told(desk, topics):
    for day in ("2999-01-01", "", "きのう"):
        response = desk.post(ADD, sign_up_sheet(topics, consented_on=day))
        assert response.status_code == 200
        assert "棚の2段目" in response.text
    assert not Subscriber.objects.exists()


def test_the_list_is_narrowed_by_how_people_signed_up_language_form_and_kind(desk, topics, hanako, staff):
    subscribe_by_staff(
        email="taro@example.jp", locale="en", format="text", topics=[], channel="phone", by=staff, now=timezone.now()
    )
    for query in ({"source": "phone"}, {"locale": "en"}, {"format": "text"}):
        found = desk.get(LIST, query).text
        assert "taro@example.jp" in found and "hanako@example.jp" not in found, query
    found = desk.get(LIST, {"topics": topics[0].pk}).text
    assert "hanako@example.jp" in found and "taro@example.jp" not in found


def test_the_list_asks_no_more_for_more_subscribers(desk, topics, staff, django_assert_max_num_queries):
    for number in range(30):
        Subscriber.objects.create(email=f"p{number}@x.jp", email_norm=f"p{number}@x.jp", created_at=timezone.now())
    desk.get(LIST)
    with django_assert_max_num_queries(20):
        desk.get(LIST)


def test_looking_shows_what_happened(desk, hanako):
    text = desk.get(f"/admin/subscribers/inspect/{hanako.pk}/").text
    assert "hanako@example.jp" in text
    assert "毎月" in text
    assert "見本花子" in text.replace(" ", "")
    for words in ("届くことに同意した（", "申し込み完了のメール"):
        assert words in text


def test_a_change_at_the_desk_is_in_the_ledger_with_its_author(desk, hanako, topics, staff):
    response = desk.post(
        f"/admin/subscribers/edit/{hanako.pk}/", {"locale": "en", "format": "text", "topics": [topics[0].pk]}
    )
    assert response.status_code == 302
    hanako.refresh_from_db()
    assert (hanako.locale, hanako.format, list(hanako.topics.all())) == ("en", "text", topics[:1])
    assert ConsentEvent.objects.get(action="changed").actor == staff


def test_the_address_is_not_changed_by_hand(desk, hanako, topics):
    data = {"locale": "ja", "format": "html", "topics": [topics[0].pk], "email": "other@example.jp", "state": "erased"}
    desk.post(f"/admin/subscribers/edit/{hanako.pk}/", data)
    hanako.refresh_from_db()
    assert (hanako.email, hanako.state) == ("hanako@example.jp", "active")


@pytest.mark.parametrize(("step", "state"), [("leave", "left"), ("delete", "erased")])
def test_ending_and_erasing_ask_first(desk, hanako, step, state):
    assert desk.get(f"/admin/subscribers/{step}/{hanako.pk}/").status_code == 200
    hanako.refresh_from_db()
    assert hanako.state == "active"
    assert desk.post(f"/admin/subscribers/{step}/{hanako.pk}/").status_code == 302
    hanako.refresh_from_db()
    assert hanako.state == state


def test_an_erased_address_is_on_no_screen_and_in_no_log(desk, hanako, topics):
    desk.post(f"/admin/subscribers/edit/{hanako.pk}/", {"locale": "en", "format": "text", "topics": [topics[0].pk]})
    desk.get(LIST)  # says once that it was changed
    desk.post(f"/admin/subscribers/delete/{hanako.pk}/", {"suppress": "on"})
    for path in (LIST, "/admin/consents/", "/admin/suppressions/", "/admin/reports/site-history/"):
        assert "hanako@example.jp" not in desk.get(path, follow=True).text
    for step in ("edit", "inspect", "leave", "delete"):
        assert desk.get(f"/admin/subscribers/{step}/{hanako.pk}/").status_code == 404
    assert "hanako@example.jp" not in str(list(ModelLogEntry.objects.values()))
    assert Suppression.objects.get().email_hash == address_hash("hanako@example.jp")


def test_the_ledger_is_found_by_a_whole_address_and_cannot_be_written(desk, hanako):
    assert "花子" in desk.get("/admin/consents/results/", {"q": " Hanako@example.jp"}).text
    assert "花子" not in desk.get("/admin/consents/results/", {"q": "taro@example.jp"}).text
    assert "花子" not in desk.get("/admin/consents/results/", {"q": "hanako"}).text
    pk = ConsentEvent.objects.get().pk
    for path in ("new/", f"edit/{pk}/", f"delete/{pk}/"):
        assert desk.get(f"/admin/consents/{path}").status_code == 404


def test_an_address_is_put_on_the_list_and_only_its_hash_is_kept(desk, topics):
    desk.post("/admin/suppressions/new/", {"email": "Bad@example.jp", "reason": "asked", "source": "電話"})
    row = Suppression.objects.get()
    assert row.email_hash == address_hash("bad@example.jp")
    assert "bad@" not in str(list(Suppression.objects.values()) + list(ModelLogEntry.objects.values())).lower()
    assert "電話" in desk.get("/admin/suppressions/results/", {"q": "bad@example.jp"}).text
    desk.post(f"/admin/suppressions/delete/{row.pk}/")  # without a reason and the password
    assert Suppression.objects.exists()


@pytest.mark.parametrize(
    ("role", "may_look", "may_enter", "may_erase"),
    [
        (VIEWER, False, False, False),
        (EDITOR, True, True, False),
        (APPROVER, True, True, False),
        (MANAGER, True, True, True),
    ],
)
def test_each_role_does_what_it_may_and_no_more(as_role, hanako, topics, role, may_look, may_enter, may_erase):
    browser = as_role(role)
    assert (browser.get(LIST).status_code == 200) is may_look
    assert (browser.get(f"/admin/subscribers/inspect/{hanako.pk}/").status_code == 200) is may_look
    assert (browser.get("/admin/consents/").status_code == 200) is may_look
    browser.post(ADD, sign_up_sheet(topics))
    assert Subscriber.objects.filter(email="ume..ko@docomo.ne.jp").exists() is may_enter
    browser.post(f"/admin/subscribers/delete/{hanako.pk}/")
    hanako.refresh_from_db()
    assert (hanako.state == "erased") is may_erase
    browser.post(f"/admin/subscribers/leave/{hanako.pk}/")
    hanako.refresh_from_db()
    assert (hanako.state in ("left", "erased")) is may_enter
    browser.post("/admin/suppressions/new/", {"email": "a@example.jp", "reason": "asked", "source": ""})
    assert Suppression.objects.exists() is may_erase


def test_nobody_sees_anything_without_logging_in(client, hanako):
    for path in (LIST, ADD, f"/admin/subscribers/inspect/{hanako.pk}/", "/admin/consents/", "/admin/suppressions/"):
        assert client.get(path).status_code == 302


def test_the_three_lists_stand_in_the_menu_of_the_support_mail(desk, topics):
    text = desk.get("/admin/").text
    for path in (LIST, "/admin/consents/", "/admin/suppressions/"):
        assert f'"{path}"' in text

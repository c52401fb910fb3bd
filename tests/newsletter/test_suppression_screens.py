"""The list of addresses that must not be mailed, as staff use it."""

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone
from wagtail.models import ModelLogEntry

from config.roles import EDITOR, MANAGER, make_roles
from newsletter.models import Subscriber, Suppression, Topic
from newsletter.subscriber_steps import suppress_address
from newsletter.subscribers import request_subscription, subscribe_by_staff

LIST = "/admin/suppressions/"
PASSWORD = "himitsu-no-kotoba"


@pytest.fixture
def people(tree, django_user_model):
    """Make somebody of a role."""
    make_roles(tree.home)
    Topic.objects.create(slug="monthly", name="毎月")

    def make(role: str):
        user = django_user_model.objects.create_user(username=role, password=PASSWORD)
        user.groups.add(Group.objects.get(name=role))
        return user

    return make


@pytest.fixture
def manager(people):
    return people(MANAGER)


@pytest.fixture
def desk(client, manager):
    client.force_login(manager)
    return client


@pytest.fixture
def hanako(manager):
    return subscribe_by_staff(
        email="hanako@example.jp",
        locale="ja",
        format="text",
        topics=Topic.objects.all(),
        channel="paper",
        by=manager,
        now=timezone.now(),
    )


def suppress(**fields) -> Suppression:
    values = {"email_norm": "bad@example.jp", "reason": "undeliverable", "source": "rcpt 550 5.1.1"} | fields
    return suppress_address(now=timezone.now(), **values)


def test_each_reason_and_source_stands_in_words(desk):
    suppress()
    suppress(email_norm="b@example.jp", reason="complaint", source="complained")
    suppress(email_norm="c@example.jp", reason="asked", source="電話で聞いた")
    suppress(email_norm="d@example.jp", reason="erased", source="counter")
    text = desk.get(LIST).text
    for words in ("届かない", "返事（550 5.1.1）", "迷惑メールの報告", "電話で聞いた", "アドレスの消去と", "窓口"):
        assert words in text, words


def test_a_whole_address_is_found_and_one_that_is_not_there_is_told(desk):
    suppress()
    assert "550 5.1.1" in desk.get(f"{LIST}results/", {"q": " Bad@Example.jp "}).text
    for query in ("bad@", "good@example.jp"):
        text = desk.get(f"{LIST}results/", {"q": query}).text
        assert "550 5.1.1" not in text and "一覧にありません" in text


@pytest.mark.parametrize(
    ("reason", "state"), [("asked", "left"), ("complaint", "left"), ("undeliverable", "suspended")]
)
def test_adding_stops_the_mail_of_whoever_subscribes_with_it_at_once(desk, hanako, reason, state):
    response = desk.post(f"{LIST}new/", {"email": "Hanako@example.jp", "reason": reason, "source": "電話"})
    assert response.status_code == 302
    hanako.refresh_from_db()
    assert (hanako.state, Suppression.objects.get().reason) == (state, reason)
    entry = ModelLogEntry.objects.get(action="newsletter.suppress")
    assert entry.user.username == MANAGER and "電話" in str(entry.message)
    assert "hanako@" not in str(list(ModelLogEntry.objects.values())).lower()


def test_an_address_that_is_on_the_list_already_is_told_with_its_reason(desk):
    suppress()
    response = desk.post(f"{LIST}new/", {"email": "bad@example.jp", "reason": "asked", "source": ""})
    assert response.status_code == 200 and "一覧にあります（届かない）" in response.text
    assert Suppression.objects.get().reason == "undeliverable"


def test_taking_off_needs_a_reason_and_the_password_and_is_logged(desk):
    row = suppress()
    url = f"{LIST}delete/{row.pk}/"
    asked = desk.get(url).text
    assert "もう一度同意" in asked and "パスワード" in asked
    for wrong in ({}, {"reason": "打ち間違い"}, {"password": PASSWORD}, {"reason": "打ち間違い", "password": "x"}):
        assert desk.post(url, wrong).status_code == 200
        assert Suppression.objects.exists(), wrong
    assert desk.post(url, {"reason": "打ち間違い", "password": PASSWORD}).status_code == 302
    assert not Suppression.objects.exists()
    entry = ModelLogEntry.objects.get(action="newsletter.unsuppress")
    assert entry.user.username == MANAGER and "打ち間違い" in str(entry.message)


def test_whoever_was_suspended_gets_mail_again_only_after_agreeing_once_more(desk, hanako):
    desk.post(f"{LIST}new/", {"email": "hanako@example.jp", "reason": "undeliverable", "source": ""})
    row = Suppression.objects.get()
    desk.post(f"{LIST}delete/{row.pk}/", {"reason": "直った", "password": PASSWORD})
    hanako.refresh_from_db()
    assert hanako.state == "suspended"
    wishes = {"locale": "ja", "format": "text", "topics": [], "words_version": "", "page": ""}
    request_subscription(email="hanako@example.jp", now=timezone.now(), **wishes)
    hanako.refresh_from_db()
    assert hanako.state == "suspended" and hanako.confirm_until_at


def test_editors_look_and_change_nothing(client, people):
    row = suppress()
    client.force_login(people(EDITOR))
    assert client.get(LIST).status_code == 200
    client.post(f"{LIST}delete/{row.pk}/", {"reason": "x", "password": PASSWORD})
    client.post(f"{LIST}new/", {"email": "x@example.jp", "reason": "asked", "source": ""})
    assert list(Suppression.objects.all()) == [row] and not Subscriber.objects.exists()

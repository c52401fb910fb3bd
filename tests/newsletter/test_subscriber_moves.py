"""The mail goes to another address: asked for with the personal link, confirmed at the new address."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from center.models import OutgoingMail
from newsletter.models import AddressChange, ConsentEvent, Subscriber, Topic
from newsletter.subscriber_moves import MOVES_A_DAY, confirm_move, forget_moves, request_move
from newsletter.subscribers import (
    MAILS_A_DAY,
    ConfirmationOver,
    UnknownLink,
    erase,
    find_by_token,
    pause,
    subscribe_by_staff,
    suppress_address,
    take_out,
    undo_leave,
)
from newsletter.tokens import address_hash, personal_token

NEW = "new..one@docomo.ne.jp"


@pytest.fixture
def topics(tree):
    return [Topic.objects.create(slug=slug, name=slug) for slug in ("monthly", "extra")]


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def enter(topics, staff, now):
    def enter(email):
        values = {"locale": "en", "format": "text", "topics": topics[:1], "channel": "paper", "by": staff}
        return subscribe_by_staff(email=email, words_version="v1", now=now - timedelta(days=30), **values)

    return enter


@pytest.fixture
def hanako(enter):
    hanako = enter("hanako@example.jp")
    OutgoingMail.objects.all().delete()
    return hanako


def link() -> str:
    """The token in the latest mail that confirms a new address."""
    return OutgoingMail.objects.filter(kind="mail-move").last().text.split("/u/address/")[1].split("/")[0]


def test_nothing_changes_before_the_new_address_has_confirmed(hanako, now):
    request_move(subscriber=hanako, email=NEW, now=now)
    assert OutgoingMail.objects.get().to == NEW
    assert list(Subscriber.objects.values_list("email", "state")) == [("hanako@example.jp", "active")]


def test_after_it_the_new_address_has_the_same_choices_and_a_link_of_its_own(hanako, topics, now):
    request_move(subscriber=hanako, email=NEW, now=now)
    new = confirm_move(token=link(), now=now)
    hanako.refresh_from_db()
    assert (new.email, new.state, new.locale, new.format) == (NEW, "active", "en", "text")
    assert list(new.topics.all()) == topics[:1]
    assert hanako.state == "left"
    assert find_by_token(personal_token(new.pk)) == new
    agreed = ConsentEvent.objects.filter(email_hash=address_hash(new.email_norm)).last()
    assert (agreed.action, agreed.words_version) == ("confirmed", "v1")
    assert ConsentEvent.objects.filter(email_hash=address_hash("hanako@example.jp")).last().action == "moved"


def test_the_old_address_is_told_and_can_take_it_back(hanako, now):
    request_move(subscriber=hanako, email=NEW, now=now)
    confirm_move(token=link(), now=now)
    told = OutgoingMail.objects.get(kind="mail-moved")
    assert told.to == "hanako@example.jp"
    assert NEW not in told.text
    token = told.text.split("/u/")[1].split("/")[0]
    undo_leave(token=token, now=now + timedelta(days=6))
    assert Subscriber.objects.get(pk=hanako.pk).state == "active"


def test_confirming_twice_is_the_same_as_once(hanako, now):
    request_move(subscriber=hanako, email=NEW, now=now)
    for _ in range(2):
        assert confirm_move(token=link(), now=now).email == NEW
    assert OutgoingMail.objects.filter(kind="mail-moved").count() == 1


def test_a_pause_goes_with_the_address(hanako, now):
    until_on = (now + timedelta(days=60)).date()
    pause(subscriber=hanako, until_on=until_on, now=now)
    request_move(subscriber=hanako, email=NEW, now=now)
    new = Subscriber.objects.get(pk=confirm_move(token=link(), now=now).pk)
    assert (new.state, new.paused_until_on) == ("paused", until_on)


def test_a_link_that_is_over_or_whose_owner_left_moves_nothing(hanako, now):
    request_move(subscriber=hanako, email=NEW, now=now)
    token = link()
    with pytest.raises(ConfirmationOver):
        confirm_move(token=token, now=now + timedelta(hours=73))
    suppress_address(email_norm=NEW, reason="asked", source="", now=now)
    with pytest.raises(UnknownLink):
        confirm_move(token=token, now=now)
    take_out(subscriber=hanako, channel="web", now=now)
    with pytest.raises(UnknownLink):
        confirm_move(token=token, now=now)
    assert not Subscriber.objects.filter(email=NEW, state="active").exists()


def test_a_suppressed_address_gets_nothing_and_one_that_gets_the_mail_is_told_so(hanako, enter, now):
    enter("taro@example.jp")
    OutgoingMail.objects.all().delete()
    suppress_address(email_norm="bad@example.jp", reason="asked", source="", now=now)
    for email in ("bad@example.jp", "taro@example.jp", "hanako@example.jp"):
        request_move(subscriber=hanako, email=email, now=now)
    assert list(OutgoingMail.objects.values_list("kind", "to")) == [("mail-already", "taro@example.jp")]
    assert not AddressChange.objects.exists()


def test_a_link_in_wrong_hands_cannot_bomb_a_mailbox_nor_write_to_the_world(hanako, enter, now):
    for _ in range(10):
        request_move(subscriber=hanako, email=NEW, now=now)
    assert OutgoingMail.objects.count() == MAILS_A_DAY
    taro = enter("taro@example.jp")
    OutgoingMail.objects.all().delete()
    for number in range(10):
        request_move(subscriber=taro, email=f"p{number}@example.jp", now=now)
    assert OutgoingMail.objects.count() == MOVES_A_DAY


def test_erasing_and_time_forget_the_new_address(hanako, now):
    request_move(subscriber=hanako, email=NEW, now=now)
    assert forget_moves(now=now + timedelta(days=9)) == 0
    assert forget_moves(now=now + timedelta(days=11)) == 1
    request_move(subscriber=hanako, email=NEW, now=now)
    erase(subscriber=hanako, by=None, now=now)
    assert not AddressChange.objects.exists()


def test_by_the_page_from_the_new_address_to_the_button_in_its_mail(hanako, now):
    browser, address = Client(enforce_csrf_checks=True), f"/u/{personal_token(hanako.pk)}/"
    asked = browser.post(address, {"action": "move", "email": NEW}, follow=True)
    assert "We have sent a mail to the new address" in asked.text
    confirm = f"/u/address/{link()}/"
    for method in ("get", "head", "options"):
        getattr(browser, method)(confirm)
    assert Subscriber.objects.count() == 1
    page = browser.get(confirm)
    assert "<button" in page.text and page.headers["Cache-Control"] == "private, no-store"
    assert browser.post(confirm).status_code == 200
    assert Subscriber.objects.get(email=NEW).state == "active"
    assert browser.get(confirm).status_code == 200
    assert not browser.cookies


def test_the_page_answers_the_same_for_every_address(hanako, enter, now):
    enter("taro@example.jp")
    suppress_address(email_norm="bad@example.jp", reason="asked", source="", now=now)
    browser, address = Client(), f"/u/{personal_token(hanako.pk)}/"
    answers = set()
    for email in (NEW, "taro@example.jp", "bad@example.jp", "hanako@example.jp", "other@example.jp", NEW, NEW):
        response = browser.post(address, {"action": "move", "email": email}, follow=True)
        answers.add((response.status_code, response.redirect_chain[0][0], response.content))
    assert len(answers) == 1


def test_what_is_no_address_is_told_and_kept(hanako):
    response = Client().post(f"/u/{personal_token(hanako.pk)}/", {"action": "move", "email": "hanako"})
    assert response.status_code == 422
    assert 'value="hanako"' in response.text


def test_a_link_of_nobody_leads_on_in_words(tree):
    response = Client().get("/u/address/AAAAAAAAAAAAAAAAAAAAAA/")
    assert response.status_code == 404
    assert "72時間" in response.text

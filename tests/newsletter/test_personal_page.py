"""The personal page under /u/: what mail programs, scanners and people do to it."""

import re
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone

from center.models import OutgoingMail
from newsletter.models import ConsentEvent, Subscriber, Subscription, Suppression, Topic
from newsletter.subscribers import subscribe_by_staff
from newsletter.tokens import personal_token

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
UNKNOWN = "AAAAAAAAAAAAAAAAAAAAAA"


@pytest.fixture
def topics(tree):
    return [Topic.objects.create(slug=slug, name=name) for slug, name in (("monthly", "毎月"), ("extra", "臨時号"))]


@pytest.fixture
def subscriber(topics, staff):
    return subscribe_by_staff(
        email="hanako@example.jp",
        locale="ja",
        format="html",
        topics=topics,
        channel="paper",
        by=staff,
        now=timezone.now(),
    )


@pytest.fixture
def address(subscriber):
    return f"/u/{personal_token(subscriber.pk)}/"


@pytest.fixture
def browser():
    """A browser that checks CSRF as in earnest and keeps cookies."""
    return Client(enforce_csrf_checks=True)


def everything() -> str:
    models = (Subscriber, Subscription, ConsentEvent, Suppression, OutgoingMail)
    return str([list(model.objects.values()) for model in models])


def buttons(text: str) -> list[str]:
    return re.findall(r'name="action" value="(\w+)"', text)


@pytest.mark.parametrize("method", ["get", "head", "options"])
@pytest.mark.parametrize(
    "query", ["", "?List-Unsubscribe=One-Click", "?action=leave", "?action=erase&sure=yes", "?done=left"]
)
def test_looking_changes_nothing(browser, subscriber, address, method, query):
    before = everything()
    for _ in range(3):
        response = getattr(browser, method)(address + query)
        assert response.status_code == 200
    assert everything() == before
    assert not response.cookies


@pytest.mark.parametrize("method", ["put", "patch", "delete", "trace"])
def test_other_methods_are_refused_and_change_nothing(browser, subscriber, address, method):
    before = everything()
    assert getattr(browser, method)(address).status_code == 405
    assert everything() == before


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"List-Unsubscribe=One-Click", "application/x-www-form-urlencoded"),
        (
            b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
        ),
        (b"List-Unsubscribe=One-Click", "text/plain"),
        (b"List-Unsubscribe=One-Click", ""),
    ],
)
def test_one_click_leaves_without_cookie_or_redirect_also_the_second_time(
    browser, subscriber, address, body, content_type
):
    answers = [browser.post(address, data=body, content_type=content_type) for _ in range(2)]
    for response in answers:
        assert response.status_code == 200
        assert not response.cookies
        assert "Location" not in response
        assert response["Cache-Control"] == "private, no-store"
    assert answers[0].content == answers[1].content
    subscriber.refresh_from_db()
    assert subscriber.state == "left"
    assert ConsentEvent.objects.filter(action="unsubscribed", channel="mail").count() == 1


def test_one_click_works_without_the_last_slash(browser, subscriber, address):
    assert browser.post(address.rstrip("/"), ONE_CLICK).status_code == 200
    subscriber.refresh_from_db()
    assert subscriber.state == "left"


def test_one_click_for_somebody_gone_or_for_nobody_gets_the_same_answer(browser, subscriber, address):
    first = browser.post(address, ONE_CLICK)
    browser.post(address, {"action": "erase", "sure": "yes"})
    assert Subscriber.objects.get().state == "erased"
    gone, nobody = browser.post(address, ONE_CLICK), browser.post(f"/u/{UNKNOWN}/", ONE_CLICK)
    assert (
        (first.status_code, first.content) == (gone.status_code, gone.content) == (nobody.status_code, nobody.content)
    )
    assert sorted(first.items()) == sorted(gone.items()) == sorted(nobody.items())


@pytest.mark.parametrize("path", ["/u/short/", "/u/" + "A" * 23 + "/", "/u/" + "あ" * 22 + "/", "/u/"])
def test_what_is_not_shaped_like_a_token_is_not_found(browser, tree, path):
    assert browser.get(path).status_code == 404
    assert browser.post(path, ONE_CLICK).status_code in (403, 404)


def test_a_link_of_nobody_leads_on_in_words(browser, tree):
    response = browser.get(f"/u/{UNKNOWN}/")
    assert response.status_code == 404
    assert 'href="/mail/"' in response.text
    assert browser.post(f"/u/{UNKNOWN}/", {"action": "leave"}).status_code == 404


@pytest.mark.parametrize("path", ["address", "unknown"])
def test_the_page_is_not_stored_not_indexed_and_not_told_on(browser, subscriber, address, path):
    response = browser.get(address if path == "address" else f"/u/{UNKNOWN}/")
    assert response["Cache-Control"] == "private, no-store"
    assert response["Referrer-Policy"] == "no-referrer"
    assert "noindex" in response["X-Robots-Tag"]


def test_the_page_does_not_give_the_address_to_somebody_the_mail_was_passed_on_to(browser, subscriber, address):
    text = browser.get(address).text
    assert "hanako" not in text
    assert "h***@example.jp" in text


def test_leaving_and_taking_it_back_by_the_buttons(browser, subscriber, address):
    assert "leave" in buttons(browser.get(address).text)
    response = browser.post(address, {"action": "leave"}, follow=True)
    assert response.redirect_chain == [(f"{address}?done=left", 303)]
    assert "undo" in buttons(response.text) and "leave" not in buttons(response.text)
    subscriber.refresh_from_db()
    assert subscriber.state == "left"
    browser.post(address, {"action": "undo"})
    subscriber.refresh_from_db()
    assert subscriber.state == "active"
    assert list(ConsentEvent.objects.values_list("action", "channel"))[1:] == [
        ("unsubscribed", "web"),
        ("resubscribed", "web"),
    ]


def test_after_a_week_the_page_offers_to_sign_up_anew_instead(browser, subscriber, address):
    Subscriber.objects.update(state="left", left_at=timezone.now() - timedelta(days=8))
    response = browser.post(address, {"action": "undo"}, follow=True)
    assert "undo" not in buttons(response.text)
    assert 'href="/mail/"' in response.text
    assert Subscriber.objects.get().state == "left"


def test_pausing_and_resuming_by_the_buttons(browser, subscriber, address):
    assert "resume" in buttons(browser.post(address, {"action": "pause", "how_long": "open"}, follow=True).text)
    assert Subscriber.objects.get().state == "paused"
    assert "pause" in buttons(browser.post(address, {"action": "resume"}, follow=True).text)
    assert Subscriber.objects.get().state == "active"


def test_changing_language_form_and_kinds(browser, subscriber, address, topics):
    wanted = {"action": "change", "locale": "en", "format": "text", "topics": [topics[1].pk]}
    response = browser.post(address, wanted, follow=True)
    subscriber.refresh_from_db()
    assert (subscriber.locale, subscriber.format, list(subscriber.topics.all())) == ("en", "text", [topics[1]])
    assert '<html lang="en">' in response.text
    assert "Your support mail" in response.text
    assert response["Content-Language"] == "en"


def test_a_change_that_cannot_be_is_told_and_nothing_changes(browser, subscriber, address):
    before = everything()
    response = browser.post(address, {"action": "change", "locale": "xx", "format": "html", "topics": []})
    assert response.status_code == 422
    assert everything() == before


def test_the_choices_of_the_pause_are_in_the_reader_s_own_language(browser, address):
    Subscriber.objects.update(locale="en")
    page = BeautifulSoup(browser.get(address).content, "html.parser")
    form = page.find("input", {"name": "action", "value": "pause"}).find_parent("form")
    assert "Skip the next issue" in form.get_text()
    assert not re.search("[ぁ-んァ-ヶ一-龠]", form.get_text())


def test_the_page_speaks_the_language_of_the_subscriber_and_links_to_pages_that_exist(browser, subscriber, address):
    Subscriber.objects.update(locale="ja-x-easy")
    response = browser.get(address)
    assert '<html lang="ja"' in response.text
    assert 'href="/ja-x-easy/mail/"' in response.text
    assert "/ja-x-easy/u/" not in response.text and "/en/u/" not in response.text


def test_erasing_asks_first_and_then_forgets(browser, subscriber, address):
    asked = browser.post(address, {"action": "erase"})
    assert asked.status_code == 200
    assert 'name="sure"' in asked.text
    assert Subscriber.objects.get().state == "active"
    done = browser.post(address, {"action": "erase", "sure": "yes"})
    assert done.status_code == 200
    assert "hanako" not in everything()
    assert browser.get(address).status_code == 404


@pytest.mark.parametrize("data", [{}, {"action": "x"}, {"List-Unsubscribe": "no"}, {"action": ["pause", "x"]}])
def test_a_post_that_says_nothing_clear_changes_nothing(browser, subscriber, address, data):
    before = everything()
    assert browser.post(address, data).status_code == 200
    assert everything() == before


def test_somebody_else_is_never_touched(browser, subscriber, address, staff, topics):
    other = subscribe_by_staff(
        email="taro@example.jp", locale="ja", format="html", topics=topics, channel="fax", by=staff, now=timezone.now()
    )
    browser.post(address, ONE_CLICK)
    browser.post(address, {"action": "erase", "sure": "yes"})
    other.refresh_from_db()
    assert (other.state, other.email) == ("active", "taro@example.jp")

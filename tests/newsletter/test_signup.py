"""Signing up on the site, as a reader and as somebody with bad intentions."""

import hashlib
import re
import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from center.intake.guard import signed_render_time
from center.models import CentreSettings, OutgoingMail
from newsletter.models import ConsentEvent, Issue, Subscriber, Topic
from newsletter.subscribers import REQUESTS_A_DAY, confirm_subscription, suppress_address
from newsletter.views import WORDS_VERSION

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """Sign-ups are answered without their pause, or the tests would take minutes."""
    monkeypatch.setattr("newsletter.views.ANSWER_AFTER_SECONDS", 0)


@pytest.fixture
def topics(tree):
    return [Topic.objects.create(slug=slug, name=name) for slug, name in (("monthly", "毎月"), ("extra", "臨時号"))]


@pytest.fixture
def filled_in(topics):
    """What a browser sends back from the form that was shown five minutes ago."""

    def make(email="hanako@example.jp", **fields):
        shown = signed_render_time(now=timezone.now() - timedelta(minutes=5))
        wanted = {"topics": [topic.pk for topic in topics], "locale": "ja", "format": "html"}
        return {"email": email, "rendered_at": shown, "memo_2": "", **wanted, **fields}

    return make


def token_in_mail() -> str:
    return OutgoingMail.objects.filter(kind="mail-confirm").last().text.split("/confirm/")[1].split("/")[0]


def test_the_page_sets_no_cookie_and_is_not_stored(client, topics):
    response = client.get("/mail/")
    assert response.status_code == 200
    assert not response.cookies
    assert response["Cache-Control"] == "private, no-store"
    assert "csrfmiddlewaretoken" not in response.text


def test_the_page_says_purpose_sender_domain_and_another_way(client, topics):
    CentreSettings.objects.create(
        name="市民活動サポートセンター",
        phone="024-924-3352",
        address="郡山市朝日1-23-7",
        sender_email="mail@assist-park.example",
    )
    text = client.get("/mail/").text
    assert "サポートメールを送るためだけに使います" in text
    assert "市民活動サポートセンター" in text and "024-924-3352" in text and "郡山市朝日1-23-7" in text
    assert '<b class="nowrap">assist-park.example</b>' in text


def test_the_page_names_the_day_of_the_next_issue_and_its_cutoff(client, topics):
    send_at = timezone.now() + timedelta(days=9)
    Issue.objects.create(
        **{"year": 2026, "month": 12, "number": 1, "slug": "2026-12", "subject": "12月号", "created_at": send_at - DAY},
        cutoff_at=send_at - 5 * DAY,
        send_at=send_at,
        not_after=send_at + HOUR,
    )
    local = timezone.localtime(send_at)
    text = client.get("/mail/").text
    assert "12月号" in text
    assert f"{local.month}月{local.day}日" in text
    cutoff = timezone.localtime(send_at - 5 * DAY)
    assert f"{cutoff.month}月{cutoff.day}日" in text


@pytest.mark.parametrize("prefix", ["", "/en", "/ja-x-easy"])
def test_the_form_as_shown_can_be_sent_without_any_cookie(client, topics, prefix):
    shown = client.get(f"{prefix}/mail/").text
    form = re.search(r'<form class="mt" method="post".*?</form>', shown, re.S)[0]
    data = {"email": "hanako@example.jp", "topics": []}
    for tag in re.findall(r"<input[^>]*>", form):
        name = re.search(r'name="([^"]*)"', tag)[1]
        value = (re.search(r'value="([^"]*)"', tag) or ["", ""])[1]
        if 'type="checkbox"' in tag or 'type="radio"' in tag:
            if "checked" in tag:
                data[name] = [*data.get(name, []), value]
        elif name != "email":
            data[name] = value
    client.cookies.clear()
    response = client.post(f"{prefix}/mail/", data)
    assert response.status_code == 302
    assert response["Location"] == f"{prefix}/mail/sent/"
    assert not response.cookies
    subscriber = Subscriber.objects.get()
    assert subscriber.locale == (prefix.strip("/") or "ja")
    assert subscriber.topics.count() == 2
    event = ConsentEvent.objects.get()
    assert (event.page, event.words_version) == (f"{prefix}/mail/", WORDS_VERSION)


def test_from_the_form_to_the_first_mail(client, filled_in):
    client.post("/mail/", filled_in())
    address = f"/mail/confirm/{token_in_mail()}/"
    page = client.get(address)
    assert '<button class="btn">' in page.text
    assert Subscriber.objects.get().state == "pending"
    done = client.post(address)
    assert done.status_code == 200
    assert not done.cookies
    assert Subscriber.objects.get().state == "active"
    assert client.post(address).status_code == 200
    assert OutgoingMail.objects.filter(kind="mail-welcome").count() == 1


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_looking_at_the_confirmation_changes_nothing(client, filled_in, method):
    client.post("/mail/", filled_in())
    before = list(Subscriber.objects.values()), ConsentEvent.objects.count(), OutgoingMail.objects.count()
    response = getattr(client, method)(f"/mail/confirm/{token_in_mail()}/")
    assert response.status_code == 200
    assert (list(Subscriber.objects.values()), ConsentEvent.objects.count(), OutgoingMail.objects.count()) == before
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["Cache-Control"] == "private, no-store"
    assert "noindex" in response["X-Robots-Tag"]
    assert not response.cookies


def test_a_confirmation_of_long_ago_leads_back_to_the_form(client, filled_in):
    client.post("/mail/", filled_in())
    token = token_in_mail()
    Subscriber.objects.update(confirm_until_at=timezone.now() - HOUR)
    for response in (client.get(f"/mail/confirm/{token}/"), client.post(f"/mail/confirm/{token}/")):
        assert response.status_code == 410
        assert 'href="/mail/"' in response.text
    assert client.get(f"/mail/confirm/{'x' * 22}/").status_code == 404
    assert Subscriber.objects.get().state == "pending"


def test_the_answer_is_the_same_byte_for_byte_for_every_address(client, filled_in):
    for email in ("active@example.jp", "left@example.jp", "pending@example.jp"):
        client.post("/mail/", filled_in(email))
    confirm_subscription(token=token_of("active@example.jp"), now=timezone.now())
    confirm_subscription(token=token_of("left@example.jp"), now=timezone.now())
    Subscriber.objects.filter(email="left@example.jp").update(state="left")
    suppress_address(email_norm="bad@example.jp", reason="complaint", source="", now=timezone.now())

    def answer(email):
        first = client.post("/mail/", filled_in(email))
        second = client.get(first["Location"])
        return (
            first.status_code,
            sorted(first.items()),
            first.content,
            second.status_code,
            sorted(second.items()),
            second.content,
        )

    known = {email: answer(f"{email}@example.jp") for email in ("active", "left", "pending", "bad", "unknown")}
    assert len({str(one) for one in known.values()}) == 1
    for _ in range(5):
        again = answer("unknown@example.jp")  # over the limit of mails by now
    assert again == known["active"]
    assert b"example.jp" not in again[5]


def test_the_time_of_the_answer_does_not_tell_a_suppressed_address_from_a_new_one(client, filled_in, monkeypatch):
    monkeypatch.setattr("newsletter.views.ANSWER_AFTER_SECONDS", 0.3)
    suppress_address(email_norm="bad@example.jp", reason="complaint", source="", now=timezone.now())
    for email in ("bad@example.jp", "unknown@example.jp"):
        begun = time.monotonic()
        client.post("/mail/", filled_in(email))
        assert time.monotonic() - begun >= 0.3


def token_of(email: str) -> str:
    return OutgoingMail.objects.get(kind="mail-confirm", to=email).text.split("/confirm/")[1].split("/")[0]


def test_ten_sign_ups_of_one_address_on_the_site_cause_three_mails(client, filled_in):
    for _ in range(10):
        assert client.post("/mail/", filled_in()).status_code == 302
    assert OutgoingMail.objects.count() == 3


def test_a_machine_that_signs_up_the_world_is_stopped_in_words(client, filled_in, monkeypatch):
    monkeypatch.setattr("newsletter.subscribers.REQUESTS_A_DAY", 5)
    for number in range(5):
        assert client.post("/mail/", filled_in(f"p{number}@example.jp")).status_code == 302
    response = client.post("/mail/", filled_in("p6@example.jp"))
    assert response.status_code == 429
    assert 'value="p6@example.jp"' in response.text
    assert not Subscriber.objects.filter(email="p6@example.jp").exists()
    assert REQUESTS_A_DAY >= 60


def test_a_mistake_is_told_beside_its_field_and_nothing_typed_is_lost(client, filled_in):
    response = client.post("/mail/", filled_in("hanako@docomo", locale="en"))
    assert response.status_code == 422
    assert 'value="hanako@docomo"' in response.text
    assert 'id="id_email_error"' in response.text
    assert re.search(r'<input[^>]*value="en"[^>]*checked', response.text)
    assert not OutgoingMail.objects.exists()
    assert response["Cache-Control"] == "private, no-store"


def test_nothing_to_get_is_a_mistake(client, filled_in):
    assert client.post("/mail/", filled_in(topics=[])).status_code == 422


def test_the_guard_stops_a_form_that_was_never_shown_and_one_with_its_trap_filled(client, filled_in):
    assert client.post("/mail/", filled_in(rendered_at="")).status_code == 422
    assert client.post("/mail/", filled_in(memo_2="buy")).status_code == 422
    assert not Subscriber.objects.exists()


def test_a_carrier_address_is_taken_and_written_to_raw(client, filled_in):
    assert client.post("/mail/", filled_in("foo..bar@docomo.ne.jp")).status_code == 302
    assert OutgoingMail.objects.get().to == "foo..bar@docomo.ne.jp"


@pytest.mark.parametrize("typed", ["a@example.jp\r\nBcc: b@example.jp", "\x00", "あ" * 3000, '<script>"@x', "\ud800"])
def test_strange_addresses_are_an_error_in_words_and_never_a_crash(client, filled_in, typed):
    response = client.post("/mail/", filled_in(typed.encode("utf-8", "replace").decode()))
    assert response.status_code == 422
    assert "<script>" not in response.text
    assert not OutgoingMail.objects.exists()


WORDS_SHOWN = {
    "2026-11.en.html": "4bf75e5b8defd5e6",
    "2026-11.ja-x-easy.html": "504eca6388ea256a",
    "2026-11.ja.html": "d01a3e16badef804",
}


def test_the_words_that_people_agreed_to_are_not_edited_afterwards():
    """Whoever changes the words writes a new version beside the old one and adds it here."""
    folder = settings.BASE_DIR / "templates/newsletter/words"
    digests = {path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:16] for path in sorted(folder.iterdir())}
    assert digests == WORDS_SHOWN
    assert {f"{WORDS_VERSION}.{code}.html" for code, _name in settings.LANGUAGES} <= set(digests)

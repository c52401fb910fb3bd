"""Signing up, confirming, leaving and erasing, as services."""

from datetime import timedelta

import pytest

from center.intake.addresses import NotAnAddress
from center.models import CentreSettings, LimitHit, OutgoingMail
from center.models.sending_row import SendingState
from newsletter.models import (
    ConsentEvent,
    Delivery,
    Issue,
    IssueState,
    Subscriber,
    SubscriberState,
    Suppression,
    Topic,
)
from newsletter.subscribers import (
    MAILS_A_DAY,
    REQUESTS_A_DAY,
    AlreadySubscribed,
    ConfirmationOver,
    Outcome,
    SuppressedAddress,
    TooManyRequests,
    UndoTooLate,
    UnknownLink,
    admit_request,
    change_preferences,
    confirm_subscription,
    erase,
    find_by_token,
    forget_unconfirmed,
    leave,
    pause,
    request_subscription,
    resume,
    subscribe_by_staff,
    suppress_address,
    take_out,
    undo_leave,
)
from newsletter.tokens import address_hash, personal_token

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def now(tokyo):
    return tokyo(2026, 11, 18, 9)


@pytest.fixture
def topics(db):
    return [Topic.objects.create(slug=slug, name=slug) for slug in ("monthly", "extra")]


@pytest.fixture
def sign_up(now, topics):
    def ask(email="hanako@example.jp", at=None, **fields):
        wanted = {"locale": "ja", "format": "html", "topics": topics, "words_version": "v1", "page": "/mail/"} | fields
        return request_subscription(email=email, now=at or now, **wanted)

    return ask


@pytest.fixture
def active(sign_up, now):
    """A subscriber who has signed up and confirmed."""
    sign_up()
    confirm_subscription(token=link_in_mail(), now=now + HOUR)
    return Subscriber.objects.get()


def link_in_mail(number: int = -1) -> str:
    """The token of a confirmation mail, the latest one by default."""
    mails = list(OutgoingMail.objects.filter(kind="mail-confirm").order_by("pk"))
    return mails[number].text.split("/confirm/")[1].split("/")[0]


def ledger() -> list[str]:
    return list(ConsentEvent.objects.values_list("action", flat=True))


# Signing up


def test_a_request_waits_for_its_confirmation(sign_up, now, topics):
    assert sign_up(email="ＨＡＮＡＫＯ＠Example.jp", locale="en", format="text") == Outcome.CONFIRM
    subscriber = Subscriber.objects.get()
    assert (subscriber.email, subscriber.email_norm) == ("HANAKO@example.jp", "hanako@example.jp")
    assert (subscriber.state, subscriber.locale, subscriber.format) == ("pending", "en", "text")
    assert set(subscriber.topics.all()) == set(topics)
    assert subscriber.confirm_until_at == now + timedelta(hours=72)


def test_the_ledger_holds_when_how_and_which_words_but_no_address(sign_up, now):
    sign_up()
    event = ConsentEvent.objects.get()
    assert (event.action, event.words_version, event.page, event.channel, event.at) == (
        "requested",
        "v1",
        "/mail/",
        "web",
        now,
    )
    assert event.email_hash == address_hash("hanako@example.jp")
    assert "hanako" not in event.email_hash


def test_the_confirmation_mail_holds_a_link_and_no_word_that_was_typed(sign_up):
    CentreSettings.objects.create(name="市民活動サポートセンター", phone="024-924-3352")
    sign_up(email="buy.now@spam.example.jp")
    mail = OutgoingMail.objects.get()
    token = link_in_mail()
    assert f"https://assist-park.example/mail/confirm/{token}/" in mail.text.splitlines()
    assert mail.to == "buy.now@spam.example.jp"
    assert "buy.now" not in mail.text + mail.subject
    assert "spam.example" not in mail.text + mail.subject
    assert "024-924-3352" in mail.text
    assert mail.holds_token
    assert not mail.headers  # the sender marks every mail as written by a machine


@pytest.mark.parametrize(
    ("locale", "path", "words"),
    [
        ("ja", "/mail/confirm/", "11月21日（土）9時"),
        ("ja-x-easy", "/ja-x-easy/mail/confirm/", "11月21日（土曜日）9時"),
        ("en", "/en/mail/confirm/", "Sat 21 November 2026, 9:00"),
    ],
)
def test_the_mail_is_in_the_language_that_was_chosen(sign_up, locale, path, words):
    sign_up(locale=locale)
    mail = OutgoingMail.objects.get()
    assert f"https://assist-park.example{path}" in mail.text
    assert words in mail.text


def test_tokens_are_stored_as_hashes_alone(sign_up):
    sign_up()
    token, subscriber = link_in_mail(), Subscriber.objects.get()
    values = [str(value) for value in Subscriber.objects.values().get().values()]
    assert not any(token in value or personal_token(subscriber.pk) in value for value in values)
    assert len(token) == 22


def test_ten_sign_ups_of_one_address_cause_three_mails_a_day(sign_up, now):
    outcomes = [sign_up(at=now + timedelta(minutes=n)) for n in range(10)]
    assert OutgoingMail.objects.count() == MAILS_A_DAY == 3
    assert outcomes[3:] == [Outcome.LIMITED] * 7
    assert ConsentEvent.objects.count() == 3
    sign_up(at=now + DAY)
    assert OutgoingMail.objects.count() == 4


@pytest.mark.parametrize("other", ["HANAKO@EXAMPLE.JP", "hanako+1@example.jp", "ｈａｎａｋｏ@example.jp"])
def test_another_spelling_of_the_mailbox_does_not_lift_the_limit(sign_up, other):
    for _ in range(3):
        sign_up()
    assert sign_up(email=other) == Outcome.LIMITED


def test_the_limit_of_one_address_is_not_the_limit_of_another(sign_up):
    for _ in range(4):
        sign_up()
    assert sign_up(email="taro@example.jp") == Outcome.CONFIRM


def test_the_limit_counts_days_of_tokyo(sign_up, tokyo):
    for _ in range(3):
        sign_up(at=tokyo(2026, 11, 18, 23, 59))
    assert sign_up(at=tokyo(2026, 11, 19, 0, 0)) == Outcome.CONFIRM


def test_limits_hold_no_address(sign_up):
    sign_up()
    assert "hanako" not in str(LimitHit.objects.values_list())


def test_whoever_signs_up_twice_may_use_either_mail(sign_up, now):
    sign_up()
    sign_up(at=now + HOUR)
    assert link_in_mail(0) == link_in_mail(1)
    confirm_subscription(token=link_in_mail(0), now=now + 2 * HOUR)
    assert Subscriber.objects.get().state == SubscriberState.ACTIVE


def test_a_late_second_request_gets_a_fresh_link(sign_up, now):
    sign_up()
    sign_up(at=now + 71 * HOUR)
    assert link_in_mail(0) != link_in_mail(1)
    confirm_subscription(token=link_in_mail(1), now=now + 100 * HOUR)
    assert Subscriber.objects.get().state == SubscriberState.ACTIVE


def test_somebody_who_gets_the_mail_is_told_so_and_nothing_of_theirs_changes(active, sign_up, now):
    assert sign_up(at=now + DAY, locale="en", format="text", topics=[]) == Outcome.ALREADY
    active.refresh_from_db()
    assert (active.locale, active.format, active.topics.count()) == ("ja", "html", 2)
    mail = OutgoingMail.objects.get(kind="mail-already")
    assert mail.to == "hanako@example.jp"
    assert personal_token(active.pk) in mail.text
    assert "confirm" not in mail.text


def test_a_suppressed_address_gets_nothing(sign_up, now):
    suppress_address(email_norm="hanako@example.jp", reason="complaint", source="webhook", now=now)
    assert sign_up() == Outcome.SUPPRESSED
    assert not OutgoingMail.objects.exists()
    assert not Subscriber.objects.exists()


def test_what_is_no_address_is_refused(sign_up):
    with pytest.raises(NotAnAddress):
        sign_up(email="hanako@example.jp\nBcc: taro@example.jp")


def test_sixty_people_of_city_hall_get_through_and_a_machine_does_not(now):
    for _ in range(60):
        admit_request(client="203.0.113.7", now=now)
    for _ in range(REQUESTS_A_DAY - 60):
        admit_request(client="203.0.113.7", now=now)
    with pytest.raises(TooManyRequests):
        admit_request(client="203.0.113.7", now=now)
    admit_request(client="203.0.113.8", now=now)
    admit_request(client="203.0.113.7", now=now + DAY)


# Confirming


def test_confirming_makes_active_writes_the_ledger_and_welcomes(active):
    assert active.state == SubscriberState.ACTIVE
    assert ledger() == ["requested", "confirmed"]
    assert ConsentEvent.objects.last().words_version == "v1"
    welcome = OutgoingMail.objects.get(kind="mail-welcome")
    assert f"https://assist-park.example/u/{personal_token(active.pk)}/" in welcome.text.splitlines()
    assert find_by_token(personal_token(active.pk)) == active


def test_the_welcome_mail_leads_to_the_latest_back_number_and_names_the_next_day(sign_up, now, tokyo):
    make_issue(tokyo(2026, 11, 2, 10), state=IssueState.SENT)
    make_issue(tokyo(2026, 12, 1, 10), state=IssueState.DRAFT)
    sign_up()
    confirm_subscription(token=link_in_mail(), now=now)
    welcome = OutgoingMail.objects.get(kind="mail-welcome").text
    assert "https://assist-park.example/mail/2026-11/" in welcome.splitlines()
    assert "12月号" in welcome and "12月1日（火）10時" in welcome


def test_confirming_twice_is_the_same_as_once(active, now):
    confirm_subscription(token=link_in_mail(), now=now + 2 * HOUR)
    confirm_subscription(token=link_in_mail(), now=now + 2_000 * HOUR)
    assert ledger() == ["requested", "confirmed"]
    assert OutgoingMail.objects.filter(kind="mail-welcome").count() == 1


def test_after_72_hours_the_link_is_over(sign_up, now):
    sign_up()
    with pytest.raises(ConfirmationOver):
        confirm_subscription(token=link_in_mail(), now=now + timedelta(hours=72))
    assert Subscriber.objects.get().state == SubscriberState.PENDING


@pytest.mark.parametrize("token", ["", "x" * 22, "あ"])
def test_a_link_that_nobody_was_given_confirms_nothing(sign_up, now, token):
    sign_up()
    with pytest.raises(UnknownLink):
        confirm_subscription(token=token, now=now)


def test_an_old_confirmation_does_not_bring_back_somebody_who_has_left(active, now):
    token = link_in_mail()
    leave(token=personal_token(active.pk), now=now + 2 * HOUR)
    with pytest.raises(UnknownLink):
        confirm_subscription(token=token, now=now + 3 * HOUR)


def test_somebody_who_left_comes_back_by_confirming_anew(active, sign_up, now):
    leave(token=personal_token(active.pk), now=now + 2 * HOUR)
    assert sign_up(at=now + DAY, locale="en") == Outcome.CONFIRM
    assert Subscriber.objects.get().state == SubscriberState.LEFT
    confirm_subscription(token=link_in_mail(), now=now + DAY)
    active.refresh_from_db()
    assert (active.state, active.locale, active.left_at) == ("active", "en", None)


def test_unconfirmed_addresses_are_forgotten_and_the_ledger_stays(sign_up, active, now):
    sign_up(email="taro@example.jp")
    assert forget_unconfirmed(now=now + timedelta(hours=72) + 7 * DAY) == 0
    assert forget_unconfirmed(now=now + timedelta(hours=73) + 7 * DAY) == 1
    assert Subscriber.objects.get() == active
    assert ConsentEvent.objects.filter(email_hash=address_hash("taro@example.jp")).exists()


# Leaving, pausing, changing


def test_leaving_holds_at_once_and_twice_is_the_same(active, now):
    token = personal_token(active.pk)
    leave(token=token, now=now + DAY)
    leave(token=token, now=now + 2 * DAY)
    active.refresh_from_db()
    assert (active.state, active.left_at) == ("left", now + DAY)
    event = ConsentEvent.objects.get(action="unsubscribed")
    assert (event.channel, event.at) == ("mail", now + DAY)


def test_leaving_by_a_link_of_nobody_is_named(now):
    with pytest.raises(UnknownLink):
        leave(token="x" * 22, now=now)


def test_leaving_can_be_undone_for_seven_days(active, now):
    token = personal_token(active.pk)
    leave(token=token, now=now)
    undo_leave(token=token, now=now + 7 * DAY - HOUR)
    undo_leave(token=token, now=now + 7 * DAY)
    active.refresh_from_db()
    assert (active.state, active.left_at) == ("active", None)
    assert ledger().count("resubscribed") == 1


def test_after_seven_days_leaving_stands(active, now):
    token = personal_token(active.pk)
    leave(token=token, now=now)
    with pytest.raises(UndoTooLate):
        undo_leave(token=token, now=now + 7 * DAY)


def test_undoing_never_replaces_a_confirmation(sign_up, now):
    sign_up()
    subscriber = Subscriber.objects.get()
    take_out(subscriber=subscriber, channel="web", now=now)
    with pytest.raises(UndoTooLate):
        undo_leave(token=personal_token(subscriber.pk), now=now + HOUR)


def test_changes_are_noted_once_and_no_change_is_not(active, now, topics):
    assert change_preferences(subscriber=active, locale="en", format="text", topics=topics[:1], now=now)
    assert not change_preferences(subscriber=active, locale="en", format="text", topics=topics[:1], now=now)
    active.refresh_from_db()
    assert (active.locale, active.format, list(active.topics.all())) == ("en", "text", topics[:1])
    assert ledger().count("changed") == 1


def test_pausing_and_resuming(active, now):
    assert pause(subscriber=active, now=now)
    assert not pause(subscriber=active, now=now)
    active.refresh_from_db()
    assert active.state == SubscriberState.PAUSED
    assert resume(subscriber=active, now=now)
    active.refresh_from_db()
    assert active.state == SubscriberState.ACTIVE


def test_resuming_does_not_bring_back_somebody_who_has_left(active, now):
    leave(token=personal_token(active.pk), now=now)
    assert not resume(subscriber=active, now=now)
    assert not pause(subscriber=active, now=now)
    active.refresh_from_db()
    assert active.state == SubscriberState.LEFT


# By staff


def test_staff_enter_somebody_from_paper(staff, topics, now):
    subscriber = subscribe_by_staff(
        email="ume..ko@docomo.ne.jp", locale="ja", format="text", topics=topics, channel="paper", by=staff, now=now
    )
    assert subscriber.state == SubscriberState.ACTIVE
    event = ConsentEvent.objects.get()
    assert (event.action, event.channel, event.actor) == ("confirmed", "paper", staff)
    assert OutgoingMail.objects.get().kind == "mail-welcome"
    assert find_by_token(personal_token(subscriber.pk)) == subscriber


def test_staff_do_not_enter_an_address_twice_or_against_a_suppression(active, staff, topics, now):
    wanted = {"locale": "ja", "format": "html", "topics": topics, "channel": "fax", "by": staff, "now": now}
    with pytest.raises(AlreadySubscribed):
        subscribe_by_staff(email="Hanako@example.jp", **wanted)
    suppress_address(email_norm="taro@example.jp", reason="asked", source="phone", now=now)
    with pytest.raises(SuppressedAddress):
        subscribe_by_staff(email="taro@example.jp", **wanted)


# Erasing


def make_issue(send_at, *, state=IssueState.SENT, **fields) -> Issue:
    values = {
        "year": send_at.year,
        "month": send_at.month,
        "number": send_at.year * 100 + send_at.month,
        "slug": f"{send_at:%Y-%m}",
        "subject": f"サポートメール {send_at.month}月号",
        "cutoff_at": send_at - 5 * DAY,
        "send_at": send_at,
        "not_after": send_at + 14 * HOUR,
        "created_at": send_at - 20 * DAY,
        "state": state,
    } | fields
    return Issue.objects.create(**values)


def test_erasing_leaves_the_address_nowhere_but_as_a_hash_in_the_ledger(active, now, tokyo):
    sent, coming = make_issue(tokyo(2026, 11, 2, 10)), make_issue(tokyo(2026, 12, 1, 10), state=IssueState.SENDING)
    who = {"subscriber": active, "email": active.email, "email_norm": active.email_norm, "locale": "ja"}
    Delivery.objects.create(issue=sent, state=SendingState.SENT, **who)
    Delivery.objects.create(issue=coming, state=SendingState.PENDING, **who)
    erase(subscriber=active, by=None, now=now)
    erase(subscriber=active, by=None, now=now)
    everything = [model.objects.values() for model in (Subscriber, Delivery, OutgoingMail, ConsentEvent, Suppression)]
    assert "hanako" not in str([list(rows) for rows in everything])
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent", "cancelled"}
    assert ConsentEvent.objects.filter(email_hash=address_hash("hanako@example.jp")).count() == 3
    assert find_by_token(personal_token(active.pk)) is None
    assert not Suppression.objects.exists()


def test_an_erased_address_may_sign_up_again(active, sign_up, now):
    erase(subscriber=active, by=None, now=now)
    assert sign_up(at=now + DAY) == Outcome.CONFIRM
    assert Subscriber.objects.exclude(state="erased").get().email == "hanako@example.jp"


def test_whoever_asks_for_it_is_never_mailed_again(active, sign_up, staff, now):
    erase(subscriber=active, by=staff, channel="counter", suppress=True, now=now)
    assert sign_up(at=now + DAY) == Outcome.SUPPRESSED
    assert Suppression.objects.get().reason == "erased"
    assert ConsentEvent.objects.get(action="erased").actor == staff

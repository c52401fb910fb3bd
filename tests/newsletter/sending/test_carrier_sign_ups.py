"""Addresses with dots that carriers gave out: from every door to the relay, quoted only on the wire."""

import pytest

from newsletter.models import Topic
from newsletter.subscriber_import import apply_file, keep_file, make_plan
from newsletter.subscriber_moves import request_move
from newsletter.subscribers import request_subscription, subscribe_by_staff

DOTS = ("foo..bar@docomo.ne.jp", "foo.@ezweb.ne.jp")
ON_THE_WIRE = ['TO:<"foo."@ezweb.ne.jp>', 'TO:<"foo..bar"@docomo.ne.jp>']


@pytest.fixture
def clerk(django_user_model):
    return django_user_model.objects.create_user(username="uketsuke", password="x")


def told(relay) -> list[str]:
    """The addresses in the envelopes, as the relay heard them."""
    return sorted(line.removeprefix("RCPT ") for line in relay.said if line.startswith("RCPT TO"))


def test_who_signs_up_on_the_site_gets_the_mail_to_confirm(centre, topic, worker, relay, clock):
    for email in DOTS:
        request_subscription(
            email=email, locale="ja", format="html", topics=[topic], words_version="v1", page="/mail/", now=clock()
        )
    worker().run()
    assert told(relay) == ON_THE_WIRE


def test_who_is_entered_by_staff_gets_the_welcome_mail(centre, topic, worker, relay, clock, clerk):
    for email in DOTS:
        values = {"locale": "ja", "format": "html", "topics": [topic], "channel": "paper"}
        subscribe_by_staff(email=email, by=clerk, now=clock(), **values)
    worker().run()
    assert told(relay) == ON_THE_WIRE


def test_who_moves_to_such_an_address_gets_the_mail_there(centre, worker, relay, clock, add_subscriber):
    reader = add_subscriber("haru@reader.example")
    for email in DOTS:
        request_move(subscriber=reader, email=email, now=clock())
    worker().run()
    assert told(relay) == ON_THE_WIRE


def test_who_is_taken_in_from_a_file_gets_the_issue(add_issue, topic, worker, relay, clock, clerk):
    text = "メールアドレス,申込方法,同意日\n" + "".join(f"{email},FAX,2026/1/5\n" for email in DOTS)
    options = {"locale": "ja", "format": "html", "source": "", "consented_on": "", "words_version": ""}
    options |= {"topics": [one.pk for one in Topic.objects.all()]}
    file = keep_file(content=text.encode("cp932"), name="x.csv", options=options, by=clerk, now=clock())
    apply_file(file=file, fingerprint=make_plan(file, now=clock()).fingerprint, by=clerk, now=clock())
    add_issue()
    worker().run()
    assert told(relay) == ON_THE_WIRE

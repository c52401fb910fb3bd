"""What the mail will do with a notice, asked of whoever knows."""

from datetime import timedelta

import pytest

from activities import forecast as forecasts
from activities import services
from activities.forecast import ForecastVerdict, MailForecast, forecast, register, unregister
from activities.models import Notice
from tests.activities.notice_builders import day, mails, receive, tree_of

CUTOFF, SEND = day(2026, 11, 26, 17, 15), day(2026, 12, 1, 10)


@pytest.fixture
def nobody(monkeypatch):
    """Nobody has registered."""
    monkeypatch.setattr(forecasts, "_sources", [])


def december(verdict: ForecastVerdict, reason: str = "", *, send_at=SEND) -> MailForecast:
    return MailForecast(f"{send_at.month}月号", CUTOFF, send_at, verdict, reason)


class Oracle:
    """Somebody who knows about the mail, and counts how often they are asked."""

    def __init__(self, answer: MailForecast) -> None:
        self.answer, self.asked = answer, 0

    def __call__(self, notices, now):
        self.asked += 1
        return {notice.pk: self.answer for notice in notices}


def test_nobody_registered_means_no_word_about_a_mail(nobody):
    assert forecast([Notice(pk=1)], now=SEND) == {}


def test_a_list_is_asked_about_in_one_call(nobody):
    oracle = Oracle(december(ForecastVerdict.PLANNED))
    register(oracle)
    assert set(forecast([Notice(pk=number) for number in range(1, 31)], now=SEND)) == set(range(1, 31))
    assert oracle.asked == 1
    assert forecast([], now=SEND) == {}
    assert oracle.asked == 1


def test_registering_twice_does_no_harm_and_the_last_one_answers(nobody):
    first, second = Oracle(december(ForecastVerdict.PLANNED)), Oracle(december(ForecastVerdict.MISSED))
    for source in (first, second, second):
        register(source)
    assert forecast([Notice(pk=1)], now=SEND)[1].verdict == ForecastVerdict.MISSED
    unregister(second)
    assert forecast([Notice(pk=1)], now=SEND)[1].verdict == ForecastVerdict.PLANNED


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        (ForecastVerdict.PLANNED, "12月号に掲載予定"),
        (ForecastVerdict.IF_IN_TIME, "12月号に、間に合えば"),
        (ForecastVerdict.MISSED, "12月号には間に合いません"),
        (ForecastVerdict.ORPHAN, "12月号の前に終わります"),
        (ForecastVerdict.NONE, "メールには載りません"),
    ],
)
def test_each_verdict_has_its_words(verdict, words):
    assert december(verdict).words == words


def test_the_days_are_said_in_words():
    found = december(ForecastVerdict.PLANNED)
    assert found.send_words == "12月1日（火）10時"
    assert found.cutoff_words == "11月26日（木）17時15分"
    assert MailForecast("", None, None, ForecastVerdict.NONE).send_words == ""


@pytest.fixture
def oracle(nobody, db):
    tree_of(2026)
    source = Oracle(december(ForecastVerdict.PLANNED, "期限が締切より前だからです。"))
    register(source)
    return source


def test_the_receipt_says_what_the_mail_will_do(oracle):
    receive(day(2026, 11, 18, 9))
    assert "サポートメール：12月号に掲載予定\n期限が締切より前だからです。" in mails("notice-receipt")[0].text


def test_a_notice_that_is_not_for_the_mail_hears_nothing_of_it(oracle):
    receive(day(2026, 11, 18, 9), media=["web"])
    assert "12月号" not in mails("notice-receipt")[0].text


def test_what_was_told_is_told_again_when_it_gets_worse_and_only_then(oracle):
    notice = receive(day(2026, 11, 18, 9))
    now = day(2026, 11, 19, 9)
    for verdict, told in (
        (ForecastVerdict.PLANNED, 0),
        (ForecastVerdict.IF_IN_TIME, 1),
        (ForecastVerdict.IF_IN_TIME, 1),
        (ForecastVerdict.PLANNED, 1),
        (ForecastVerdict.NONE, 1),
        (ForecastVerdict.ORPHAN, 2),
    ):
        oracle.answer = december(verdict)
        now += timedelta(minutes=1)
        services.tick_notices(now=now)
        assert len(mails("notice-forecast")) == told, verdict
    assert "12月号の前に終わります" in mails("notice-forecast")[-1].text
    assert notice.entries.filter(kind="forecast", is_public=True).count() == 2


def test_a_later_mail_is_worse(oracle):
    receive(day(2026, 11, 18, 9))
    oracle.answer = december(ForecastVerdict.PLANNED, send_at=day(2027, 1, 5, 10))
    services.tick_notices(now=day(2026, 11, 19, 9))
    assert "1月号に掲載予定" in mails("notice-forecast")[0].text


def test_a_settled_notice_is_told_nothing_more(oracle):
    services.withdraw_notice(notice=receive(day(2026, 11, 18, 9)), now=day(2026, 11, 18, 10))
    oracle.answer = december(ForecastVerdict.MISSED)
    services.tick_notices(now=day(2026, 11, 19, 9))
    assert mails("notice-forecast") == []


def test_the_form_says_what_would_happen_if_it_were_sent_now(oracle, client):
    html = client.get("/notices/new/").content.decode()
    assert "12月号に掲載予定" in html
    assert "期限が締切より前だからです。" in html


def test_the_status_page_shows_the_mail_among_the_steps(oracle, client):
    notice, token = services.receive_notice(
        data={"kind": "call", "group_name": "会", "title": "募集", "text": "来てください。"},
        sessions=[],
        files=[],
        channel="form",
        received_at=day(2026, 11, 18, 9),
        now=day(2026, 11, 18, 9),
    )
    html = client.get(f"/notices/status/{token}/").content.decode()
    assert html.count("12月号に掲載予定") >= 3
    assert "締切は11月26日（木）17時15分、届くのは12月1日（火）10時です。" in html

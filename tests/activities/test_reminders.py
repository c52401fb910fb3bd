"""Reminders to staff: when, about what, to whom, and never twice."""

import threading
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, connections, transaction

from activities import services
from activities.models import DeskMailChoice, DeskReminder, Notice
from activities.notices.reminder_mails import send_reminders
from activities.notices.reminders import message_told_at, message_told_to_all_at
from center.models import CentreSettings, OutgoingMail, SpecialDay
from center.opening import OpeningCalendar, tokyo_date
from tests.activities.notice_builders import day, receive

pytestmark = pytest.mark.django_db
CALENDAR = OpeningCalendar()


@pytest.fixture
def people(django_user_model):
    """Hanako and Taro, who both may work on notices."""

    def make(name: str, **fields):
        return django_user_model.objects.create_superuser(
            username=name, email=f"{name}@centre.example", password="himitsu-no-kotoba", **fields
        )

    return make("hanako"), make("taro")


def due(on, *, to=None, **data) -> Notice:
    """A notice whose due day is that day."""
    notice = receive(day(2026, 11, 2, 9), contact_email="", **data)
    Notice.objects.filter(pk=notice.pk).update(due_on=on.date(), assigned_to=to)
    notice.refresh_from_db()
    return notice


def send(now: datetime) -> dict[str, list[str]]:
    """Send what is to be sent; who was told what, by the first part of the address."""
    known = set(OutgoingMail.objects.values_list("pk", flat=True))
    send_reminders(now=now)
    rows = OutgoingMail.objects.filter(kind="desk-reminder").exclude(pk__in=known).order_by("to")
    told: dict[str, list[str]] = {}
    for mail in rows:
        assert mail.to not in told, "two mails to one person at one moment"
        told[mail.to.split("@")[0]] = [line[2:] for line in mail.text.splitlines() if line.startswith("■ ")]
    return told


def kinds(now: datetime) -> set[str]:
    """The kinds of reminders that leave at that moment."""
    before = set(DeskReminder.objects.values_list("pk", flat=True))
    send_reminders(now=now)
    return {str(row.kind) for row in DeskReminder.objects.exclude(pk__in=before)}


# November 2026: 21 and 22 are a weekend, 23 a holiday; 20 and 24 are open


@pytest.mark.parametrize(
    ("now", "due_on", "expected"),
    [
        (day(2026, 11, 19, 9), day(2026, 11, 20), {"next"}),
        (day(2026, 11, 19, 8, 59), day(2026, 11, 20), set()),
        (day(2026, 11, 18, 9), day(2026, 11, 20), set()),
        (day(2026, 11, 20, 9), day(2026, 11, 20), {"today"}),
        (day(2026, 11, 20, 23, 59, 59), day(2026, 11, 20), {"today"}),
        (day(2026, 11, 20, 9), day(2026, 11, 21), {"closed"}),
        (day(2026, 11, 20, 9), day(2026, 11, 22), {"closed"}),
        (day(2026, 11, 20, 9), day(2026, 11, 23), {"closed"}),
        (day(2026, 11, 20, 9), day(2026, 11, 24), {"next"}),
        (day(2026, 11, 19, 9), day(2026, 11, 21), set()),
        (day(2026, 11, 21, 9), day(2026, 11, 21), set()),
        (day(2026, 11, 22, 9), day(2026, 11, 21), set()),
        (day(2026, 11, 24, 9), day(2026, 11, 21), {"overdue"}),
        (day(2026, 11, 24, 8, 59), day(2026, 11, 23), set()),
        (day(2026, 11, 24, 9), day(2026, 11, 24), {"today"}),
        (day(2026, 12, 28, 9), day(2027, 1, 3), {"closed"}),
        (day(2026, 12, 28, 9), day(2027, 1, 4), {"next"}),
        (day(2026, 12, 29, 9), day(2026, 12, 31), set()),
        (day(2027, 1, 4, 9), day(2026, 12, 31), {"overdue"}),
    ],
)
def test_what_is_told_on_which_day(people, now, due_on, expected):
    due(due_on)
    assert kinds(now) == expected


def test_a_day_closed_later_is_told_on_the_last_open_day_before_it(people):
    due(day(2026, 11, 20))
    SpecialDay.objects.create(on=day(2026, 11, 20).date(), kind=SpecialDay.Kind.CLOSED)
    assert kinds(day(2026, 11, 19, 9)) == {"closed"}


@pytest.mark.parametrize(
    "change",
    [
        {"state": "published"},
        {"state": "declined"},
        {"state": "withdrawn"},
        {"state": "returned", "due_on": None},
        {"held_at": day(2026, 11, 2)},
    ],
)
def test_what_is_settled_returned_or_held_is_not_told(people, change):
    notice = due(day(2026, 11, 20))
    Notice.objects.filter(pk=notice.pk).update(**change)
    assert kinds(day(2026, 11, 20, 9)) == set()


# to whom


def test_the_person_in_charge_first_then_everybody_at_one(people):
    hanako, _taro = people
    due(day(2026, 11, 20), to=hanako)
    assert list(send(day(2026, 11, 20, 9))) == ["hanako"]
    assert send(day(2026, 11, 20, 12, 59)) == {}
    assert list(send(day(2026, 11, 20, 13))) == ["taro"]
    assert send(day(2026, 11, 20, 14)) == {}


def test_without_anybody_in_charge_all_are_told_at_once(people):
    due(day(2026, 11, 20))
    assert list(send(day(2026, 11, 20, 9))) == ["hanako", "taro"]


def test_whoever_takes_it_over_is_told_too(people):
    hanako, taro = people
    notice = due(day(2026, 11, 20), to=hanako)
    send(day(2026, 11, 20, 9))
    services.assign_notice(notice=notice, to=taro, by=hanako, now=day(2026, 11, 20, 10))
    assert list(send(day(2026, 11, 20, 10))) == ["taro"]


def test_who_does_not_want_mails_has_no_address_or_is_gone_gets_none(people, django_user_model):
    hanako, taro = people
    DeskMailChoice.objects.create(user=hanako, wants_reminders=False)
    django_user_model.objects.create_superuser(username="jiro", email="", password="himitsu-no-kotoba")
    django_user_model.objects.create_user(username="saburo", email="saburo@centre.example")
    due(day(2026, 11, 20), to=hanako)
    assert list(send(day(2026, 11, 20, 9))) == ["taro"]
    taro.is_active = False
    taro.save()
    assert send(day(2026, 11, 24, 9)) == {}


def test_where_nobody_takes_mails_the_mailbox_of_the_staff_gets_them_once():
    settings = CentreSettings.load()
    settings.staff_email = "desk@centre.example"
    settings.save()
    due(day(2026, 11, 20))
    assert list(send(day(2026, 11, 20, 9))) == ["desk"]
    assert send(day(2026, 11, 20, 10)) == {}


def test_one_mail_holds_everything_and_says_what_to_do_first(people):
    late, today = due(day(2026, 11, 18), title="おそい催し"), due(day(2026, 11, 20), title="今日の催し")
    due(day(2026, 11, 24), title="次の催し")
    [parts, _same] = send(day(2026, 11, 20, 9)).values()
    assert [part.split("。")[0] for part in parts] == [
        "期限を過ぎています",
        "今日が期限です",
        "次に開く日が期限です",
    ]
    mail = OutgoingMail.objects.filter(kind="desk-reminder").first()
    assert mail.subject == "【掲載依頼】期限を過ぎた 1件、今日が期限 1件、ほか1件"
    assert mail.text.index("おそい催し") < mail.text.index("今日の催し")
    for notice in (late, today):
        assert f"/admin/notices/{notice.pk}/" in mail.text
    assert "佐藤花子" not in mail.text
    assert "024" not in mail.text


# overdue: once, then weekly


def test_overdue_is_told_on_the_first_day_and_then_once_a_week(people):
    due(day(2026, 11, 20))
    told = []
    now = day(2026, 11, 21, 9)
    while now < day(2026, 12, 16):
        told += [now.date().isoformat()] if "overdue" in kinds(now) else []
        now += timedelta(hours=6)
    assert told == ["2026-11-24", "2026-12-01", "2026-12-08", "2026-12-15"]


# answers and messages


def test_an_answer_is_told_at_once_and_to_all_the_next_open_morning(people):
    hanako, taro = people
    notice = receive(day(2026, 11, 18, 9), contact_email="")
    services.return_notice(notice=notice, reason="no_text", message="", by=hanako, now=day(2026, 11, 18, 10))
    services.answer_notice(notice=notice, text="書きました", now=day(2026, 11, 20, 20))
    Notice.objects.update(due_on=day(2026, 12, 20).date())
    assert list(send(day(2026, 11, 20, 20, 1))) == ["hanako"]
    assert send(day(2026, 11, 21, 9)) == {}
    assert list(send(day(2026, 11, 24, 9))) == ["taro"]
    services.send_message(notice=notice, text="ありがとうございます", by=taro, now=day(2026, 11, 24, 10))
    assert "answered" not in kinds(day(2026, 11, 25, 9))


def test_an_answer_that_staff_typed_in_is_known(people):
    hanako, _taro = people
    notice = receive(day(2026, 11, 18, 9), contact_email="")
    services.return_notice(notice=notice, reason="no_text", message="", by=hanako, now=day(2026, 11, 18, 10))
    services.answer_notice(notice=notice, text="電話で", now=day(2026, 11, 18, 11), by=hanako)
    assert kinds(day(2026, 11, 18, 12)) == set()


def test_a_message_counts_as_unanswered_after_a_working_day():
    table = [
        (day(2026, 11, 18, 14, 30), day(2026, 11, 19, 14, 30)),
        (day(2026, 11, 18, 7), day(2026, 11, 19, 9)),
        (day(2026, 11, 18, 17, 15), day(2026, 11, 19, 17, 15)),
        (day(2026, 11, 18, 17, 16), day(2026, 11, 20, 9)),
        (day(2026, 11, 20, 14), day(2026, 11, 24, 14)),
        (day(2026, 11, 21, 10), day(2026, 11, 25, 9)),
    ]
    assert [message_told_at(sent_at, CALENDAR) for sent_at, _told in table] == [told for _sent, told in table]
    assert message_told_to_all_at(day(2026, 11, 20, 14), CALENDAR) == day(2026, 11, 25, 9)


def test_a_message_after_the_publication_is_brought_up_until_somebody_answers(people):
    hanako, _taro = people
    notice = due(day(2026, 12, 20), to=hanako)
    Notice.objects.filter(pk=notice.pk).update(state="published")
    services.add_group_message(notice=notice, text="時間が違います", now=day(2026, 11, 18, 14))
    assert send(day(2026, 11, 19, 13)) == {}
    assert list(send(day(2026, 11, 19, 14))) == ["hanako"]
    assert list(send(day(2026, 11, 20, 9))) == ["taro"]
    services.send_message(notice=notice, text="直しました", by=hanako, now=day(2026, 11, 20, 10))
    assert kinds(day(2026, 11, 24, 9)) == set()


# never twice


@pytest.mark.parametrize("ticks", [1, 2, 50])
def test_so_many_ticks_around_a_boundary_tell_once(people, ticks):
    due(day(2026, 11, 20))
    start = day(2026, 11, 20, 9) - timedelta(seconds=ticks // 2)
    for number in range(ticks):
        send_reminders(now=start + timedelta(seconds=number))
    send_reminders(now=day(2026, 11, 20, 9, 30))
    assert OutgoingMail.objects.filter(kind="desk-reminder").count() == 2
    assert DeskReminder.objects.count() == 2


def test_a_clock_that_stood_still_for_three_days_tells_only_what_is_true(people):
    late, gone = due(day(2026, 11, 20), title="まだの催し"), due(day(2026, 11, 20), title="済んだ催し")
    Notice.objects.filter(pk=gone.pk).update(state="published")
    send_reminders(now=day(2026, 11, 24, 10))
    assert {(row.notice, row.kind) for row in DeskReminder.objects.all()} == {(late, "overdue")}


def test_the_rows_and_the_mail_come_together_or_not_at_all(people, monkeypatch):
    due(day(2026, 11, 20))
    monkeypatch.setattr("activities.notices.reminder_mails.enqueue", lambda **mail: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        send_reminders(now=day(2026, 11, 20, 9))
    assert not DeskReminder.objects.exists()
    monkeypatch.undo()
    assert set(send(day(2026, 11, 20, 9, 1))) == {"hanako", "taro"}


def test_a_random_month_of_ticks_never_tells_the_same_twice(people):
    hanako, taro = people
    for number in range(12):
        due(day(2026, 11, 3 + number * 2), to=(hanako, taro, None)[number % 3])
    for step in range(0, 30 * 24, 5):
        send_reminders(now=day(2026, 11, 1) + timedelta(hours=step))
    rows = list(DeskReminder.objects.values_list("notice", "kind", "about", "user"))
    assert len(rows) == len(set(rows))
    mails = list(OutgoingMail.objects.filter(kind="desk-reminder").values_list("to", "created_at"))
    assert len(mails) == len(set(mails))
    assert all(CALENDAR.is_open(tokyo_date(at)) for _to, at in mails)


def test_the_database_itself_refuses_to_tell_twice(people):
    hanako, _taro = people
    notice = due(day(2026, 11, 20))
    for user in (hanako, None):
        row = {"notice": notice, "kind": "today", "about": "2026-11-20", "user": user, "at": day(2026, 11, 20, 9)}
        DeskReminder.objects.create(**row)
        with pytest.raises(IntegrityError), transaction.atomic():
            DeskReminder.objects.create(**row)


@pytest.mark.skipif("sqlite" in settings.DATABASES["default"]["ENGINE"], reason="SQLite in memory has one clock")
@pytest.mark.django_db(transaction=True)
def test_two_clocks_at_once_write_one_mail_to_each(people):
    due(day(2026, 11, 20))
    start, errors = threading.Barrier(2), []

    def clock() -> None:
        try:
            start.wait(10)
            send_reminders(now=day(2026, 11, 20, 9))
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    clocks = [threading.Thread(target=clock) for _ in range(2)]
    for one in clocks:
        one.start()
    for one in clocks:
        one.join(30)
    assert not errors
    assert OutgoingMail.objects.filter(kind="desk-reminder").count() == 2


# the switch


def test_each_person_can_switch_the_mails_off(client, people):
    hanako, _taro = people
    client.force_login(hanako)
    assert "掲載依頼の期限やお返事のお知らせをメールで受け取る" in client.get("/admin/account/").content.decode()

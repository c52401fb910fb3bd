"""The screen of mails of which nobody knows whether they arrived."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import Group
from wagtail.models import ModelLogEntry

from center.models import OutgoingMail
from center.outbox import enqueue
from config.roles import APPROVER, EDITOR, VIEWER, make_roles
from newsletter.models import Delivery, DeliveryEvent, IssueState, SubscriberState
from newsletter.sending.claims import LEASE_OVER
from newsletter.uncertain_views import PER_PAGE

PAGE = "/admin/uncertain-mails/"
LINE_CUT = "body: Connection unexpectedly closed"


@pytest.fixture
def desk(client, tree, django_user_model, clock):
    """A browser in which somebody of one role is logged in; the clock stands."""
    make_roles(tree.home)
    with time_machine.travel(clock(), tick=False):

        def log_in(role: str):
            user = django_user_model.objects.create_user(username=role, password="x")
            user.groups.add(Group.objects.get(name=role))
            client.force_login(user)
            return client

        yield log_in


@pytest.fixture
def approver(desk):
    return desk(APPROVER)


@pytest.fixture
def uncertain(issue, clock):
    """The issue is closed over three people; what happened to haru is not known."""
    issue.materialised_at, issue.recipient_count = clock(), 3
    issue.state, issue.sent_at = IssueState.SENT_WITH_EXCEPTIONS, clock()
    issue.save()
    for subscriber in issue.topic.subscribers.all():
        Delivery.objects.create(
            issue=issue,
            subscriber=subscriber,
            email=subscriber.email,
            email_norm=subscriber.email_norm,
            locale="ja",
            format="html",
            state="sent",
            message_id=f"<issue.{subscriber.pk}@assist-park.example>",
        )
    found = Delivery.objects.get(email__startswith="haru")
    found.state, found.error, found.worker, found.attempts = "ambiguous", LINE_CUT, "mail1-77-ab", 1
    found.intent_at = found.result_at = clock()
    found.save()
    return found


def single(clock, **fields) -> OutgoingMail:
    """A receipt that waits for a decision."""
    row = enqueue(kind="notice-receipt", to="dantai@group.example", subject="受け付けました", text="本文", now=clock())
    values = {"state": "ambiguous", "error": LINE_CUT, "intent_at": clock(), "result_at": clock(), **fields}
    OutgoingMail.objects.filter(pk=row.pk).update(**values)
    row.refresh_from_db()
    return row


def decide(browser, decision: str, *keys: str, which: str = "", **more):
    address = PAGE + (f"?which={which}" if which else "")
    if len(keys) == 1 and not more:
        return browser.post(address, {"one": f"{decision}:{keys[0]}"})
    return browser.post(address, {"decision": decision, "mail": keys, **more})


def test_each_row_says_what_is_known_in_plain_japanese(approver, uncertain, clock):
    DeliveryEvent.objects.create(delivery=uncertain, type="soft_bounced", at=clock(), dedupe_key="a")
    text = approver.get(PAGE).text
    for words in (
        "haru@reader.example",
        "サポートメール 12月号",
        "12月1日",
        "10時1分",
        "受け取ったという返事がありませんでした",
        "Connection unexpectedly closed",
        "途中で切れました",
        uncertain.message_id.strip("<>"),
        "mail1-77-ab",
        "あとの報告",
    ):
        assert words in text, words
    assert "aki@reader.example" not in text


def test_what_was_reported_later_about_a_single_mail_stands_with_it_alone(approver, clock):
    row, _other = single(clock), single(clock)
    DeliveryEvent.objects.create(type="soft_bounced", at=clock(), dedupe_key="a", data={"mail": row.pk})
    text = approver.get(PAGE).text
    assert text.count("満杯") == 1 and text.index(f"mail-m{row.pk}") < text.index("満杯")


def test_a_mail_whose_worker_ended_says_so(approver, uncertain):
    Delivery.objects.filter(pk=uncertain.pk).update(error=LEASE_OVER)
    text = approver.get(PAGE).text
    assert "送信のプログラムが途中で止まりました" in text and "The worker" not in text


def test_it_arrived_is_written_down_with_who_said_so(approver, uncertain):
    response = decide(approver, "sent", f"d{uncertain.pk}")
    assert response.status_code == 302
    uncertain.refresh_from_db()
    uncertain.issue.refresh_from_db()
    assert (uncertain.state, uncertain.issue.state) == ("sent", IssueState.SENT)
    entry = ModelLogEntry.objects.for_instance(uncertain.issue).get()
    assert (entry.action, entry.user.username) == ("newsletter.decide_delivery", APPROVER)
    assert "haru@" not in approver.get(PAGE).text


def test_sending_it_again_asks_first_and_warns_of_a_double(approver, uncertain):
    response = decide(approver, "again", f"d{uncertain.pk}")
    assert response.status_code == 200 and "2通届くことがあります" in response.text
    uncertain.refresh_from_db()
    assert uncertain.state == "ambiguous"

    assert decide(approver, "again", f"d{uncertain.pk}", confirmed="1").status_code == 302
    uncertain.refresh_from_db()
    uncertain.issue.refresh_from_db()
    assert (uncertain.state, uncertain.issue.state) == ("pending", IssueState.SENDING)


def test_after_the_last_moment_of_the_issue_a_new_one_is_asked(approver, uncertain, clock):
    clock.forward(days=2)
    with time_machine.travel(clock(), tick=False):
        approver.force_login(approver.get(PAGE).context["request"].user)
        asked = decide(approver, "again", f"d{uncertain.pk}").text
        assert 'type="datetime-local"' in asked
        for wrong in ("", "2026-12-02T10:00", "2028-01-01T00:00"):
            told = decide(approver, "again", f"d{uncertain.pk}", confirmed="1", not_after=wrong)
            assert told.status_code == 200, wrong
        uncertain.refresh_from_db()
        assert uncertain.state == "ambiguous"
        decide(approver, "again", f"d{uncertain.pk}", confirmed="1", not_after="2026-12-03T18:00")
    uncertain.refresh_from_db()
    uncertain.issue.refresh_from_db()
    assert uncertain.state == "pending"
    assert uncertain.issue.not_after == datetime.fromisoformat("2026-12-03T18:00+09:00")


def test_while_its_issue_is_paused_it_waits_with_the_issue_and_no_moment_is_asked(approver, uncertain, clock):
    type(uncertain.issue).objects.update(state=IssueState.PAUSED, not_after=clock() - timedelta(hours=1))
    asked = decide(approver, "again", f"d{uncertain.pk}").text
    assert "一時停止中の号" in asked and "datetime-local" not in asked
    decide(approver, "again", f"d{uncertain.pk}", confirmed="1")
    uncertain.refresh_from_db()
    uncertain.issue.refresh_from_db()
    assert (uncertain.state, uncertain.issue.state) == ("pending", IssueState.PAUSED)


def test_giving_it_up_counts_it_as_not_delivered(approver, uncertain):
    decide(approver, "give-up", f"d{uncertain.pk}")
    uncertain.refresh_from_db()
    assert uncertain.state == "refused"


def test_several_ticked_mails_of_issues_and_single_ones_are_decided_at_once_after_a_question(
    approver, uncertain, clock
):
    keys = [f"d{uncertain.pk}", f"m{single(clock).pk}", f"m{single(clock).pk}"]
    asked = decide(approver, "sent", *keys)
    assert asked.status_code == 200 and OutgoingMail.objects.filter(state="ambiguous").count() == 2
    response = decide(approver, "sent", *keys, confirmed="1")
    assert response.status_code == 302
    uncertain.refresh_from_db()
    assert uncertain.state == "sent" and OutgoingMail.objects.filter(state="sent").count() == 2
    assert "3通を「届いていた」にしました" in approver.get(PAGE).text


def test_a_single_mail_is_decided_and_its_log_names_no_address(approver, clock):
    arrived, again, dropped = single(clock), single(clock), single(clock)
    decide(approver, "sent", f"m{arrived.pk}")
    decide(approver, "again", f"m{again.pk}", confirmed="1")
    decide(approver, "give-up", f"m{dropped.pk}")
    states = list(OutgoingMail.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["sent", "pending", "cancelled"]
    assert ModelLogEntry.objects.filter(action="newsletter.decide_mail").count() == 3
    assert "dantai@" not in str(list(ModelLogEntry.objects.values()))
    assert "dantai@" not in approver.get("/admin/reports/site-history/").text


def test_a_mail_whose_words_were_erased_cannot_go_again_and_says_what_to_do(approver, clock):
    row = single(clock, holds_token=True, text="", state="refused", error="rcpt: 550 5.7.1 policy")
    text = approver.get(PAGE, {"which": "failed"}).text
    assert "550 5.7.1 policy" in text and "もう一度送ることはできません" in text and "電話" in text
    assert f'value="again:m{row.pk}"' not in text
    decide(approver, "again", f"m{row.pk}", which="failed", confirmed="1")
    row.refresh_from_db()
    assert row.state == "refused"


def test_a_single_mail_that_was_turned_down_for_good_is_seen_and_can_go_again(approver, clock, worker, relay):
    row = single(clock, state="refused", error="rcpt: 451 4.7.1 try later", attempts=6)
    assert "dantai@group.example" in approver.get(PAGE, {"which": "failed"}).text
    assert "dantai@group.example" not in approver.get(PAGE).text
    decide(approver, "again", f"m{row.pk}", which="failed", confirmed="1")
    worker().run()
    (mail,) = relay.mails
    assert (mail["To"], mail["Message-ID"]) == ("dantai@group.example", row.message_id)


def test_a_reader_who_left_is_not_offered_a_second_mail(approver, uncertain):
    uncertain.subscriber.state = SubscriberState.LEFT
    uncertain.subscriber.save()
    text = approver.get(PAGE).text
    assert f'value="again:d{uncertain.pk}"' not in text and f'value="sent:d{uncertain.pk}"' in text


def test_two_people_who_decide_at_once_do_not_overwrite_each_other(approver, uncertain):
    decide(approver, "sent", f"d{uncertain.pk}")
    decide(approver, "give-up", f"d{uncertain.pk}")
    uncertain.refresh_from_db()
    assert uncertain.state == "sent"
    assert "もう決まっています" in approver.get(PAGE).text


def test_nothing_ticked_changes_nothing(approver, uncertain):
    assert decide(approver, "sent").status_code == 302
    approver.post(PAGE, {"decision": "", "mail": f"d{uncertain.pk}"})  # what Enter on a tick sends
    first = approver.get(PAGE).text.partition("data-undecided")[2].partition("<button")[2].partition("</button>")[0]
    assert 'value=""' in first and "disabled" not in first
    approver.post(PAGE, {"one": "sent:d999999"})
    approver.post(PAGE, {"one": "sent:x"})
    approver.post(PAGE, {"one": "burn:m1"})
    uncertain.refresh_from_db()
    assert uncertain.state == "ambiguous"


def test_an_empty_page_is_calm(approver):
    assert "どのメールも、どうなったか分かっています" in approver.get(PAGE).text


def test_editors_settle_single_mails_alone_and_viewers_see_no_address(desk, uncertain, clock):
    receipt = single(clock)
    editor = desk(EDITOR)
    text = editor.get(PAGE).text
    assert f'value="sent:m{receipt.pk}"' in text and f'value="sent:d{uncertain.pk}"' not in text
    assert decide(editor, "sent", f"d{uncertain.pk}").status_code in (302, 403)
    decide(editor, "sent", f"m{receipt.pk}")
    uncertain.refresh_from_db()
    receipt.refresh_from_db()
    assert (uncertain.state, receipt.state) == ("ambiguous", "sent")
    viewer = desk(VIEWER)
    assert "haru@" not in viewer.get(PAGE, follow=True).text
    assert PAGE not in viewer.get("/admin/").text


def test_the_menu_and_the_first_screen_say_how_many_wait(approver, uncertain, clock):
    single(clock, state="refused")
    text = approver.get("/admin/").text
    assert "\\uff082\\uff09" in text or "（2）" in text
    assert f'href="{PAGE}"' in text and "要判断" in text


def test_the_list_is_narrowed_to_one_issue_and_turned_over_page_by_page(
    approver, uncertain, add_issue, add_subscriber, clock, django_assert_max_num_queries
):
    other = add_issue(number=11)
    for number in range(PER_PAGE + 1):
        reader = add_subscriber(f"r{number}@reader.example")
        Delivery.objects.create(
            issue=other,
            subscriber=reader,
            email=reader.email,
            email_norm=reader.email_norm,
            locale="ja",
            format="text",
            state="ambiguous",
            intent_at=clock() - timedelta(days=30),
        )
    with django_assert_max_num_queries(45):
        first = approver.get(PAGE).text
    assert "haru@" in first and first.count("@reader.example</label>") == PER_PAGE
    assert approver.get(PAGE, {"p": 2}).text.count("@reader.example</label>") == 2
    one = approver.get(PAGE, {"source": uncertain.issue_id}).text
    assert one.count("@reader.example</label>") == 1
    assert approver.get(PAGE, {"source": "x'"}).status_code == 200

"""The screens after the send: numbers that add up, the bar that keeps fresh, the issues beside each other."""

from datetime import datetime, timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.urls import reverse

from center.models import OutgoingMail
from center.opening import TOKYO
from newsletter import services
from newsletter.issue_report import issue_rows, progress_of
from newsletter.models import ConsentEvent, Delivery, Issue, IssueState

pytestmark = pytest.mark.django_db
SENT_AT = datetime(2026, 12, 1, 10, tzinfo=TOKYO)
COUNTS = {"sent": 7, "refused": 1, "suppressed": 2, "ambiguous": 1, "cancelled": 1}


@pytest.fixture
def issue(world, december) -> Issue:
    return services.draft_issue(year=2026, month=12, now=december.drafted)


@pytest.fixture
def as_editor(client, world):
    client.force_login(world.editor)
    return client


def mail_out(issue: Issue, *, state: str, began_at: datetime = SENT_AT, **counts: int) -> Issue:
    """The issue with as many deliveries in each state."""
    rows = [
        Delivery(issue=issue, email=f"{kind}{n}@reader.example", email_norm=f"{kind}{n}@reader.example", state=kind)
        for kind, count in counts.items()
        for n in range(count)
    ]
    Delivery.objects.bulk_create(rows)
    Issue.objects.filter(pk=issue.pk).update(
        state=state, sending_started_at=began_at, materialised_at=began_at, recipient_count=len(rows)
    )
    issue.refresh_from_db()
    return issue


def words(response) -> str:
    return " ".join(BeautifulSoup(response.content, "html.parser").get_text(" ").split())


def test_the_numbers_of_a_sent_issue_add_up_in_one_line(as_editor, issue) -> None:
    mail_out(issue, state=IssueState.SENT_WITH_EXCEPTIONS, **COUNTS)
    text = words(as_editor.get(reverse("issues:show", args=[issue.pk])))
    assert "宛先の数 12 ＝ 送信済 7 ＋ 拒否 1 ＋ 送らない 2 ＋ 不明 1 ＋ 取りやめ 1" in text
    assert "✓ 合っています" in text
    assert "届いたかどうか分かりません" in text
    Issue.objects.filter(pk=issue.pk).update(recipient_count=13)
    text = words(as_editor.get(reverse("issues:show", args=[issue.pk])))
    assert "✗ 合いません" in text and "✓" not in text


def test_an_issue_on_its_way_shows_a_bar_with_words_and_is_read_anew_without_a_reload(as_editor, issue) -> None:
    mail_out(issue, state=IssueState.SENDING, pending=2, deferred=1, **COUNTS)
    page = BeautifulSoup(as_editor.get(reverse("issues:show", args=[issue.pk])).content, "html.parser")
    box = page.select_one("[data-progress]")
    bar = box.select_one("progress")
    assert (bar["max"], bar["value"]) == ("15", "12") and bar["aria-label"]
    assert "15人のうち12人が済みました（80%）" in box.get_text()
    assert "残り" in box.get_text() and "1人は" in box.get_text()
    assert box.select_one('script[src$="newsletter/progress.js"]')

    Delivery.objects.filter(state="pending").update(state="sent")
    answer = as_editor.get(box["data-progress"])
    assert "no-store" in answer["Cache-Control"]
    told = answer.json()
    assert (told["state"], told["words"]) == ("sending", "15人のうち14人が済みました（93%）")
    assert BeautifulSoup(told["html"], "html.parser").select_one("progress")["value"] == "14"


def test_before_the_recipients_are_counted_no_number_is_shown(as_editor, issue) -> None:
    Issue.objects.filter(pk=issue.pk).update(state=IssueState.SENDING, sending_started_at=SENT_AT)
    text = words(as_editor.get(reverse("issues:show", args=[issue.pk])))
    assert "宛先を数えています" in text and "合って" not in text


def test_a_bar_says_a_hundred_only_when_nobody_waits(issue) -> None:
    mail_out(issue, state=IssueState.SENDING, sent=999, pending=1)
    assert progress_of(issue).percent == 99


def test_a_stranger_to_the_mail_reads_no_numbers(client, issue, django_user_model) -> None:
    for name in ("progress", "reports"):
        address = reverse(f"issues:{name}", args=[issue.pk] if name == "progress" else [])
        assert client.get(address).status_code == 302
        client.force_login(django_user_model.objects.create_user(name))
        assert client.get(address).status_code in (302, 403)
        client.logout()


def leave(number: int, at: datetime, action: str = "unsubscribed") -> None:
    ConsentEvent.objects.create(email_hash=f"{number:064}", action=action, channel="mail", at=at)


def test_the_issues_stand_beside_each_other_with_who_left_after_which(as_editor, world, issue) -> None:
    january = services.draft_issue(year=2027, month=1, now=datetime(2026, 12, 10, 9, tzinfo=TOKYO))
    began_at = datetime(2027, 1, 5, 10, tzinfo=TOKYO)
    mail_out(issue, state=IssueState.SENT_WITH_EXCEPTIONS, **COUNTS)
    mail_out(january, state=IssueState.SENT, began_at=began_at, sent=3)
    Delivery.objects.filter(issue=january, email__startswith="sent0").update(later="bounced")
    leave(1, SENT_AT - timedelta(days=1))  # before all of them
    leave(2, SENT_AT + timedelta(hours=1))
    leave(3, began_at - timedelta(seconds=1))
    leave(4, SENT_AT + timedelta(days=2))
    leave(4, SENT_AT + timedelta(days=3), "resubscribed")  # taken back
    leave(5, began_at)
    rows = issue_rows()
    assert [(row.issue.month, row.bounced_count, row.left_count) for row in rows] == [(1, 1, 1), (12, 1, 2)]
    assert all(row.report.adds_up for row in rows)

    page = as_editor.get(reverse("issues:reports"))
    html = BeautifulSoup(page.content, "html.parser")
    assert "不達 1・退会 2" in html.select_one("svg.chart").get_text()
    cells = [cell.get_text(strip=True) for cell in html.select("tbody tr")[1].select("td")]
    assert cells == ["12", "7", "1", "2", "1", "1", "0", "✓ 合っています", "1", "2"]
    assert reverse("issues:reports") in as_editor.get(reverse("issues:index")).text


def test_the_page_of_reports_asks_as_many_queries_for_many_issues_as_for_one(
    as_editor, issue, django_assert_max_num_queries
) -> None:
    mail_out(issue, state=IssueState.SENT, sent=3)
    for month in (1, 2, 3):
        later = services.draft_issue(year=2027, month=month, now=datetime(2026, 12, 10, 9, tzinfo=TOKYO))
        mail_out(later, state=IssueState.SENT, began_at=later.send_at, sent=3)
    with django_assert_max_num_queries(4):
        assert len(issue_rows()) == 4


def test_before_the_first_send_the_page_says_so(as_editor, issue) -> None:
    assert "まだ送った号がありません" in words(as_editor.get(reverse("issues:reports")))


@pytest.mark.parametrize("path", ["/admin/", "/admin/issues/"])
def test_a_monthly_mail_that_has_not_left_by_its_day_is_told_on_the_first_screen(as_editor, issue, path) -> None:
    with time_machine.travel(datetime(2026, 12, 2, 0, 0, 1, tzinfo=TOKYO), tick=False):
        assert "その日のうちに送られていません" in words(as_editor.get(path))
    with time_machine.travel(datetime(2026, 12, 1, 23, 59, tzinfo=TOKYO), tick=False):
        assert "その日のうちに送られていません" not in words(as_editor.get(path))


@pytest.mark.parametrize("state", [IssueState.PAUSED, IssueState.SENDING])
def test_an_issue_that_stopped_on_its_way_is_told_too(as_editor, issue, state) -> None:
    mail_out(issue, state=state, sent=1, pending=2)
    midnight = datetime(2026, 12, 2, 0, 0, 1, tzinfo=TOKYO)
    services.tick_newsletter(now=midnight)
    services.tick_newsletter(now=midnight + timedelta(minutes=1))
    assert "途中で止まっています" in OutgoingMail.objects.get(kind="issue-not-sent").text
    with time_machine.travel(midnight, tick=False):
        assert "その日のうちに送られていません" in words(as_editor.get("/admin/"))

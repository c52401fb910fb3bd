"""What the sender tells staff when it stops by itself. The words are stored and mailed, so they are Japanese."""

import logging
from datetime import datetime

from django.conf import settings

from center.models import CentreSettings
from center.outbox import enqueue
from newsletter.models import Issue
from newsletter.sending.report import Report
from newsletter.sending.verbs import pause_issue

logger = logging.getLogger(__name__)

TOO_LATE = "送信してよい時刻を過ぎたため、止めました。送るときは新しい期限を決めて再開してください。"
NO_RENDERING = "承認済みの本文が見つからないため、止めました。"


def same_answer_words(count: int, answer: str) -> str:
    """Why an issue stops after as many equal failures."""
    return f"メールサーバーから同じ返事が{count}回続いたため、止めました。返事: {answer}"


def pause_and_tell(issue: Issue, *, reason: str, centre: CentreSettings, now: datetime) -> None:
    """Pause an issue that is being sent and write to the staff mailbox, in the caller's transaction.

    Without a staff mailbox the contact address gets it; without that too it stands on the issue's screen alone.
    """
    pause_issue(issue, by=None, now=now, reason=reason)
    logger.error("issue %s paused: %s", issue.slug, reason)
    _tell(
        centre,
        kind="issue-paused",
        subject=f"【要確認】「{issue.subject}」の送信を止めました",
        text=(
            f"「{issue.subject}」の送信を途中で止めました。\n\n理由\n{reason}\n\n"
            "まだ送っていない方には届いていません。送った方に二重に届くことはありません。\n"
            f"管理画面で内容を確かめ、再開するか、残りを取りやめるかを決めてください。\n{settings.SITE_URL}/admin/\n"
        ),
        dedupe_key=f"issue-paused-{issue.pk}-{now:%Y%m%d%H%M%S}",
        now=now,
    )


def tell_exceptions(issue: Issue, report: Report, *, centre: CentreSettings, now: datetime) -> None:
    """Write to the staff mailbox that an issue is done but not everybody got it, in the caller's transaction."""
    _tell(
        centre,
        kind="issue-exceptions",
        subject=f"【要確認】「{issue.subject}」を送り終えました。届いていない方がいます",
        text=(
            f"「{issue.subject}」を送り終えました。\n\n"
            f"宛先　　　 {report.targeted}人\n送信済　　 {report.sent}人\n不達　　　 {report.refused}人\n"
            f"不明　　　 {report.ambiguous}人\n送らない　 {report.suppressed}人\n取りやめ　 {report.cancelled}人\n\n"
            "「不明」の方には、届いたかどうかが分かりません。二重に届かないよう、自動では送り直しません。\n"
            f"管理画面で一人ずつ確かめてください。\n{settings.SITE_URL}/admin/\n"
        ),
        dedupe_key=f"issue-exceptions-{issue.pk}-{now:%Y%m%d%H%M%S}",
        now=now,
    )


def _tell(centre: CentreSettings, **mail) -> None:
    to = centre.staff_email or centre.email
    if to:
        enqueue(to=to, **mail)

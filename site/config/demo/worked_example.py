"""The worked example of the 12月号 (2026): twelve notices and pages, and what becomes of each.

Default rules: due three calendar days after receipt; cutoff Thu 2026-11-26 17:15, send Tue 2026-12-01 10:00. Played on
its own dates inside a moved clock: the public form, the desk's services, publishing, the assembly, freezing, approval,
the hold on the day, and the outbox.
"""

import email
import email.policy
import io
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import call_command
from wagtail.models import Page

from activities.models import EventState, Notice
from activities.notices.queries import notice_board
from activities.services import answer_notice, make_page, return_notice, start_review, withdraw_notice
from center.models import CentreSettings, OutgoingMail
from center.opening import TOKYO
from config.builders import add_event, add_grant, add_lecture
from config.demo.form_player import send_notice
from config.roles import APPROVER, EDITOR
from config.tree import Tree, build_tree
from newsletter.models import Issue, IssueState, Topic
from newsletter.sending.engine import Worker
from newsletter.sending.files import FileTransport
from newsletter.sending.report import closing_report
from newsletter.services import approve_issue, carry_over_notice, freeze_issue, start_due_issues, tick_newsletter
from newsletter.subscribers import subscribe_by_staff

Travel = Callable[[datetime], AbstractContextManager]
READERS = 5
STAFF = "shokuin@assist-park.example"


class Differs(Exception):
    """A case came out otherwise than the rule says."""


@dataclass
class Case:
    """One line of the example: what was expected, and what happened."""

    name: str
    title: str
    due: str
    expected: str
    found: str = ""

    @property
    def holds(self) -> bool:
        return self.found == self.expected


def at(month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    """A moment of the example's year in Tokyo."""
    return datetime(2026, month, day, hour, minute, tzinfo=TOKYO)


@dataclass
class WorkedExample:
    """One run on an empty, set-up database. `say` prints a line; `travel` moves the clock."""

    travel: Travel
    say: Callable[[str], None]
    outbox: Path
    cases: list[Case] = field(default_factory=list)
    tokens: dict[str, str] = field(default_factory=dict)

    def play(self) -> list[Case]:
        """Play everything; return the cases with what happened."""
        with self.travel(at(11, 10, 9)):
            self._prepare()
        self._until_the_cutoff()
        self._after_the_cutoff()
        self._on_the_day()
        return self.cases

    # the world before
    def _prepare(self) -> None:
        self.tree: Tree = build_tree(keep_site=True)
        user_model = get_user_model()
        self.editor = user_model.objects.create_user("demo-henshu", last_name="見本", first_name="花子")
        self.approver = user_model.objects.create_user("demo-shonin", last_name="見本", first_name="太郎")
        self.editor.groups.add(Group.objects.get(name=EDITOR))
        self.approver.groups.add(Group.objects.get(name=APPROVER))
        now = at(11, 10, 9)
        for number in range(1, READERS + 1):
            subscribe_by_staff(
                email=f"yomite{number}@example.jp",
                locale="ja",
                format="text" if number == 2 else "html",
                topics=list(Topic.objects.all()),
                channel="counter",
                by=self.editor,
                now=now,
            )
        CentreSettings.objects.update(staff_email=STAFF)
        tick_newsletter(now=now)
        self.issue = Issue.objects.get(year=2026, month=12)

    # steps
    def _send(self, case: str, moment: datetime, title: str, event_on: date, hour: int = 10) -> None:
        with self.travel(moment):
            self.tokens[case] = send_notice(
                {
                    "kind": "event",
                    "title": title,
                    "text": f"{title}をひらきます。どなたでもどうぞ。",
                    "group_name": "見本の会",
                    "contact_name": "見本 花子",
                    "contact_email": "dantai@example.jp",
                    "venue_name": "大槻ふれあいセンター",
                    "fee_way": "free",
                    "application_way": "none",
                    "media": ["web", "facebook", "mail"],
                    "s1-year": str(event_on.year),
                    "s1-month": str(event_on.month),
                    "s1-day": str(event_on.day),
                    "s1-starts": f"{hour}:00",
                    "s1-ends": f"{hour + 2}:00",
                }
            )
            notice = self._notice(title)
            due = f"{notice.due_on:%m-%d}" if notice.due_on else "なし"
            self.say(f"{moment:%m-%d %H:%M}  {case:>3}  フォームから {notice.number}「{title}」 掲載期限 {due}")

    def _notice(self, title: str) -> Notice:
        return Notice.objects.get(title=title)

    def _make(self, moment: datetime, title: str) -> Page:
        with self.travel(moment):
            notice = self._notice(title)
            start_review(notice=notice, by=self.editor, now=moment)
            return make_page(notice=notice, by=self.editor, now=moment)

    def _publish(self, case: str, moment: datetime, title: str) -> None:
        page = self._made_page(title)
        with self.travel(moment):
            page.get_latest_revision().publish(user=self.editor)
            notice = self._notice(title)
            address = page.url_path.removeprefix("/home")
            self.say(f"{moment:%m-%d %H:%M}  {case:>3}  公開 {address} （{notice.get_state_display()}）")

    def _made_page(self, title: str) -> Page:
        return self._notice(title).pages.get().specific

    def _assembly(self) -> dict:
        out = io.StringIO()
        call_command("assemble_issue", "2026-12", "--json", stdout=out)
        return json.loads(out.getvalue())

    def _where(self, title: str, assembly: dict) -> str:
        """'in: reason', 'out: reason' or 'not listed'."""
        for place in ("in", "out"):
            for row in assembly[place]:
                if row["title"] == title:
                    return f"{place}: {row['reason']}"
        return "not listed"

    def _settle(self, name: str, title: str, expected: str, found: str, due: str = "") -> None:
        case = Case(name=name, title=title, due=due, expected=expected, found=found)
        self.cases.append(case)
        mark = "○" if case.holds else f"× （期待：{expected}）"
        self.say(f"        {name:>4}  {title}　期限 {due or '―'}　{found}　{mark}")

    # the days
    def _until_the_cutoff(self) -> None:
        self._send("11", at(11, 17, 16, 50), "年の瀬の将棋会", date(2026, 12, 13))
        with self.travel(at(11, 18, 8, 30)):
            add_event(self.tree, "秋の読み聞かせ", sessions=[(at(11, 29, 10), at(11, 29, 12))], slug="case-8")
            add_event(self.tree, "まちの写真展", sessions=[(at(11, 20), at(12, 15))], all_day=True, slug="case-9")
            add_grant(self.tree, "地域のつながり助成", closes_on=date(2026, 11, 30), slug="case-10a")
            add_grant(self.tree, "子どもの居場所づくり助成", closes_on=date(2026, 12, 2), slug="case-10b")
            self.cancelled = add_lecture(
                self.tree, "はじめての団体会計", sessions=[(at(12, 5, 13, 30), at(12, 5, 15, 30))], slug="case-12"
            )
        self._send("1", at(11, 18, 9), "川べりを歩く会", date(2026, 12, 6))
        moment = at(11, 18, 10)
        with self.travel(moment):
            notice = self._notice("年の瀬の将棋会")
            return_notice(
                notice=notice, reason="facts_missing", message="会場が書かれていません。", by=self.editor, now=moment
            )
            self.say(f"{moment:%m-%d %H:%M}   11  差戻し（会場がない）。時計が止まる")
        self._send("2", at(11, 19, 18, 5), "百歳体操をやってみる会", date(2026, 12, 10))
        self._make(at(11, 20, 9), "川べりを歩く会")
        self._publish("1", at(11, 20, 11), "川べりを歩く会")
        self._send("3", at(11, 20, 15), "ことばの広場の夕べ", date(2026, 12, 17))
        self._send("3b", at(11, 20, 15), "昔の道具でもちをつく", date(2026, 12, 12))
        self._send("4", at(11, 21, 21, 15), "冬のおくりもの音楽会", date(2026, 12, 20))
        self._send("5", at(11, 23, 9), "防災ごはんを作る日", date(2026, 12, 8))
        moment = at(11, 24, 9, 5)
        with self.travel(moment):
            notice = self._notice("年の瀬の将棋会")
            answer_notice(notice=notice, text="会場は大槻ふれあいセンターです。", files=[], now=moment)
            notice.refresh_from_db()
            self.say(f"{moment:%m-%d %H:%M}   11  返答。時計がはじめから動き、期限 {notice.due_on:%m-%d}")
        for title in (
            "百歳体操をやってみる会",
            "ことばの広場の夕べ",
            "昔の道具でもちをつく",
            "冬のおくりもの音楽会",
            "防災ごはんを作る日",
        ):
            self._make(at(11, 25, 9), title)
        self._publish("2", at(11, 25, 10), "百歳体操をやってみる会")
        self._send("6", at(11, 25, 14), "紙芝居の一日", date(2026, 12, 13))
        self._make(at(11, 26, 9), "紙芝居の一日")
        self._publish("6", at(11, 26, 9, 30), "紙芝居の一日")
        self._send("7", at(11, 26, 10, 30), "落ち葉のたき火", date(2026, 12, 5))
        self._told_at_once()
        self._publish("5", at(11, 26, 16), "防災ごはんを作る日")

    def _told_at_once(self) -> None:
        """Case 7 learns on the day that no mail can carry it."""
        with self.travel(at(11, 26, 10, 31)):
            assembly = self._assembly()
            number = self._notice("落ち葉のたき火").number
            if number not in assembly["orphans"]:
                raise Differs(f"7: {number} は 11-26 に「どの号にも間に合わない」と出るはずです：{assembly['orphans']}")
            receipt = OutgoingMail.objects.filter(to="dantai@example.jp", text__contains=number).first()
            if receipt is None or "12月号" not in receipt.text:
                raise Differs("7: 受付のメールに、サポートメールの見込みがありません")
            self.say("11-26 10:30    7  受付のメールで、どの号にも間に合わないと伝わる")

    def _after_the_cutoff(self) -> None:
        moment = at(11, 26, 17, 20)
        with self.travel(moment):
            assembly = self._assembly()
            numbers = {
                title: self._notice(title).number
                for title in ("ことばの広場の夕べ", "昔の道具でもちをつく", "冬のおくりもの音楽会")
            }
            blocking = {finding["subject"] for finding in assembly["blockers"]}
            self.blocked = {title: any(number in subject for subject in blocking) for title, number in numbers.items()}
            self.say(f"{moment:%m-%d %H:%M}       締切。止めているもの {len(assembly['blockers'])}件")
            freeze_issue(issue=self.issue, by=self.editor, now=moment)
        self._publish("3b", at(11, 27, 10), "昔の道具でもちをつく")
        self._make(at(11, 27, 10, 30), "年の瀬の将棋会")
        self._publish("11", at(11, 27, 11), "年の瀬の将棋会")
        moment = at(11, 27, 14)
        with self.travel(moment):
            withdraw_notice(notice=self._notice("ことばの広場の夕べ"), by=self.editor, now=moment)
            self.issue.refresh_from_db()
            carry_over_notice(
                issue=self.issue,
                notice=self._notice("冬のおくりもの音楽会"),
                reason="会場の確認を待っているため",
                by=self.editor,
                now=moment,
            )
            self.issue.refresh_from_db()
            freeze_issue(issue=self.issue, by=self.editor, now=moment)
            self.issue.refresh_from_db()
            approve_issue(issue=self.issue, by=self.approver, now=moment)
            self.issue.refresh_from_db()
            state = self.issue.get_state_display()
            self.say(f"{moment:%m-%d %H:%M}       3は取下げ、4は理由を書いて持ち越し")
            self.say(f"{moment:%m-%d %H:%M}       もう一度締め、別の人が承認（{state}）")
            self._judge(self._assembly())
        self._make(at(11, 28, 9), "落ち葉のたき火")
        self._publish("7", at(11, 28, 10), "落ち葉のたき火")
        self._judge_seven()

    def _due(self, title: str) -> str:
        due = self._notice(title).due_on
        return f"{due:%m-%d}" if due else ""

    def _board_row(self, title: str) -> dict:
        number = self._notice(title).number
        return next(row for row in notice_board(now=at(11, 30, 9)) if row["number"] == number)

    def _notice_found(self, title: str, assembly: dict) -> str:
        row = self._board_row(title)
        public = datetime.fromisoformat(row["public_since"]).astimezone(TOKYO) if row["public_since"] else None
        words = f"公開 {public:%m-%d}" if public else "未公開"
        late = {True: "期限内", False: "期限後", None: "―"}[row["on_time"]]
        return f"{words}、{late}、{self._where(title, assembly)}"

    def _judge(self, assembly: dict) -> None:
        self.say("")
        self.say("12月号（承認のとき）")
        settle = self._settle
        settle(
            "1",
            "川べりを歩く会",
            "公開 11-20、期限内、in: coming",
            self._notice_found("川べりを歩く会", assembly),
            self._due("川べりを歩く会"),
        )
        settle(
            "2",
            "百歳体操をやってみる会",
            "公開 11-25、期限後、in: coming",
            self._notice_found("百歳体操をやってみる会", assembly),
            self._due("百歳体操をやってみる会"),
        )
        settle(
            "3",
            "ことばの広場の夕べ",
            "締切で止める",
            "締切で止める" if self.blocked["ことばの広場の夕べ"] else "止めない",
            "11-23",
        )
        settle(
            "3b",
            "昔の道具でもちをつく",
            "締切で止める、公開 11-27、期限後、in: coming",
            ("締切で止める、" if self.blocked["昔の道具でもちをつく"] else "")
            + self._notice_found("昔の道具でもちをつく", assembly),
            self._due("昔の道具でもちをつく"),
        )
        orphan = (
            "、どの号にも間に合わない" if self._notice("冬のおくりもの音楽会").number in assembly["orphans"] else ""
        )
        settle(
            "4",
            "冬のおくりもの音楽会",
            "締切で止める、どの号にも間に合わない",
            ("締切で止める" if self.blocked["冬のおくりもの音楽会"] else "止めない") + orphan,
            self._due("冬のおくりもの音楽会"),
        )
        settle(
            "5",
            "防災ごはんを作る日",
            "公開 11-26、期限内、in: coming",
            self._notice_found("防災ごはんを作る日", assembly),
            self._due("防災ごはんを作る日"),
        )
        settle(
            "6",
            "紙芝居の一日",
            "公開 11-26、期限内、in: coming",
            self._notice_found("紙芝居の一日", assembly),
            self._due("紙芝居の一日"),
        )
        settle("8", "秋の読み聞かせ", "out: over", self._where("秋の読み聞かせ", assembly))
        settle("9", "まちの写真展", "in: running", self._where("まちの写真展", assembly))
        closing = [finding for finding in assembly["warnings"] if "子どもの居場所づくり助成" in finding["subject"]]
        settle("10a", "地域のつながり助成", "out: closed", self._where("地域のつながり助成", assembly))
        settle(
            "10b",
            "子どもの居場所づくり助成",
            "in: open、注意あり",
            self._where("子どもの居場所づくり助成", assembly) + ("、注意あり" if closing else ""),
        )
        number = self._notice("年の瀬の将棋会").number
        found = self._notice_found("年の瀬の将棋会", assembly)
        entitled = "対象" if number in assembly["entitled"] else "対象外"
        carried = "、次の号へ" if number in assembly["carried_over"] else ""
        settle(
            "11",
            "年の瀬の将棋会",
            "公開 11-27、期限内、out: after_cutoff、対象外、次の号へ",
            f"{found}、{entitled}{carried}",
            self._due("年の瀬の将棋会"),
        )

    def _judge_seven(self) -> None:
        with self.travel(at(11, 28, 10, 5)):
            found = self._notice_found("落ち葉のたき火", self._assembly())
        self._settle("7", "落ち葉のたき火", "公開 11-28、期限内、out: after_cutoff", found, self._due("落ち葉のたき火"))

    def _on_the_day(self) -> None:
        moment = at(11, 30, 11)
        with self.travel(moment):
            before = OutgoingMail.objects.filter(to=STAFF).count()
            self.cancelled.refresh_from_db()
            self.cancelled.state = EventState.CANCELLED
            self.cancelled.change_note = "講師の都合で中止になりました"
            self.cancelled.save_revision().publish(user=self.editor)
            tick_newsletter(now=moment)
            if OutgoingMail.objects.filter(to=STAFF).count() == before:
                raise Differs("12: 職員へすぐに知らせていません")
            self.say("")
            self.say(f"{moment:%m-%d %H:%M}   12  載るはずの講座が中止に。職員へすぐ知らせる")
        moment = at(12, 1, 10)
        with self.travel(moment):
            start_due_issues(now=moment)
            self.issue.refresh_from_db()
            diff = json.dumps(self.issue.holds, ensure_ascii=False)
            held = self.issue.state == IssueState.HELD and "はじめての団体会計" in diff
            self._settle(
                "12",
                "はじめての団体会計",
                "保留、変わったところを示す",
                "保留、変わったところを示す" if held else str(self.issue.get_state_display()),
            )
            self.say(f"              {diff[:200]}")
        moment = at(12, 1, 10, 20)
        with self.travel(moment):
            freeze_issue(issue=self.issue, by=self.editor, now=moment)
            self.issue.refresh_from_db()
            approve_issue(issue=self.issue, by=self.approver, now=moment)
            start_due_issues(now=moment)
            Worker(FileTransport()).run()
            self.issue.refresh_from_db()
            self._check_outbox()

    def _check_outbox(self) -> None:
        report = closing_report(self.issue)
        self.say(f"12-01 10:20       締め直し、承認、送信（{self.issue.get_state_display()}）　{report}")
        if self.issue.state != IssueState.SENT or report.sent != READERS:
            raise Differs(f"送信が終わっていません：{self.issue.state} {report}")
        found: dict[str, Path] = {}
        for path in sorted(self.outbox.glob("*.eml")):
            message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            if message["List-Unsubscribe"] and "yomite" in message["To"]:
                if message["To"] in found:
                    raise Differs(f"{message['To']} に2通届きました")
                found[message["To"]] = path
        if len(found) != READERS:
            raise Differs(f"{READERS}人に1通ずつのはずが、{len(found)}通でした")
        self.mail = sorted(found.values())[0]
        text = (
            email.message_from_bytes(self.mail.read_bytes(), policy=email.policy.default)
            .get_body(("plain",))
            .get_content()
        )
        for title, wanted in (
            ("川べりを歩く会", True),
            ("昔の道具でもちをつく", True),
            ("落ち葉のたき火", False),
            ("秋の読み聞かせ", False),
        ):
            if (title in text) != wanted:
                raise Differs(f"メールの本文に「{title}」が{'ありません' if wanted else 'あります'}")

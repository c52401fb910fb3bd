"""What the monthly mail will do with a notice, in words. The mail stands above us, so whoever knows registers here.

The notice's desk, its receipt, its status page and the public form ask `forecast()` once per list. Where nobody has
registered there is no mail, and nothing is said about one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activities.models import Notice
from center.japanese.dates import day_words, time_words


class ForecastVerdict(TextChoices):
    """What is to be expected. The label is the bare word; `MailForecast.words` names the issue too."""

    PLANNED = "planned", gettext_lazy("planned for the mail")
    IF_IN_TIME = "if_in_time", gettext_lazy("in the mail if in time")
    MISSED = "missed", gettext_lazy("not in time for the mail")
    ORPHAN = "orphan", gettext_lazy("over before a mail can carry it")
    NONE = "none", gettext_lazy("not in the mail")


TONES = {
    ForecastVerdict.PLANNED: "good",
    ForecastVerdict.IF_IN_TIME: "",
    ForecastVerdict.MISSED: "warn",
    ForecastVerdict.ORPHAN: "warn",
    ForecastVerdict.NONE: "",
}
"""The tone of the stamp beside the words."""


@dataclass(frozen=True)
class MailForecast:
    """The mail that a notice can hope for.

    `issue` is the issue's name in the active language ("12月号"; "" where there is none), `cutoff_at` and `send_at`
    its moments (aware; None where there is no issue), `reason` one or two sentences that say why.
    """

    issue: str
    cutoff_at: datetime | None
    send_at: datetime | None
    verdict: ForecastVerdict
    reason: str = ""

    @property
    def words(self) -> str:
        """What a stamp says: 12月号に掲載予定, 12月号に、間に合えば, 12月号には間に合いません."""
        sentences = {
            ForecastVerdict.PLANNED: _("planned for the %(issue)s"),
            ForecastVerdict.IF_IN_TIME: _("in the %(issue)s, if in time"),
            ForecastVerdict.MISSED: _("not in time for the %(issue)s"),
            ForecastVerdict.ORPHAN: _("over before the %(issue)s can carry it"),
        }
        if self.verdict not in sentences or not self.issue:
            return str(self.verdict.label)
        return sentences[self.verdict] % {"issue": self.issue}

    @property
    def tone(self) -> str:
        return TONES[self.verdict]

    @property
    def send_words(self) -> str:
        """The day and hour at which the mail arrives; "" without an issue."""
        return day_words(self.send_at) + time_words(self.send_at) if self.send_at else ""

    @property
    def cutoff_words(self) -> str:
        """The day and hour until which the page has to be public; "" without an issue."""
        return day_words(self.cutoff_at) + time_words(self.cutoff_at) if self.cutoff_at else ""


Source = Callable[[list[Notice], datetime], dict[int, MailForecast]]
"""Takes notices and `now`; gives a forecast by the notice's number in the database (`pk`).

A notice may be one that nobody has sent yet ("if it were sent now"): it then has the pk 0 and no rows beside it.
"""

_sources: list[Source] = []


def register(source: Source) -> None:
    """Name who knows about the mail. The last one registered answers; registering twice does no harm."""
    if source in _sources:
        _sources.remove(source)
    _sources.append(source)


def unregister(source: Source) -> None:
    """Forget it again; does nothing for one that was never registered."""
    if source in _sources:
        _sources.remove(source)


def forecast(notices: list[Notice], *, now: datetime) -> dict[int, MailForecast]:
    """The forecast of each notice by its pk, asked in one call. Empty where nobody has registered.

    A notice that the source says nothing about is missing from the answer.
    """
    notices = list(notices)
    if not _sources or not notices:
        return {}
    return _sources[-1](notices, now)

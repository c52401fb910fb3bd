"""Which mail carried a notice. The mail stands above us, so whoever knows registers here, as for the forecast.

Where nobody has registered, only what staff mark by hand is known.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from activities.models import Notice


@dataclass(frozen=True)
class Carried:
    """The mail that told of a notice: its name in the active language ("12月号"), when it left, its back number."""

    issue: str
    sent_at: datetime
    url: str = ""


Source = Callable[[list[Notice]], dict[int, Carried]]
"""Takes notices; gives the first mail that carried each, by the notice's pk. A bounded number of queries."""
Filter = Callable[[], Q]
"""A filter on notices: those that a mail has carried."""

_sources: list[tuple[Source, Filter]] = []


def register(source: Source, is_carried: Filter) -> None:
    """Name who knows. The last one registered answers; registering twice does no harm."""
    unregister(source)
    _sources.append((source, is_carried))


def unregister(source: Source) -> None:
    """Forget it again; does nothing for one that was never registered."""
    _sources[:] = [known for known in _sources if known[0] != source]


def carried_in(notices: list[Notice]) -> dict[int, Carried]:
    """The mail that carried each notice, by pk; a notice that none carried is missing."""
    if not _sources or not notices:
        return {}
    return _sources[-1][0](list(notices))


def was_carried() -> Q:
    """A filter on notices: those that a mail has carried; none where nobody has registered."""
    return _sources[-1][1]() if _sources else Q(pk__in=[])

"""Which posts might fit together: a pure ranking, with its reasons. Reads no clock and no database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

GROUPS = frozenset({"npo", "voluntary"})
"""Companies and citizens meet groups. Source: the centre's leaflet, matching."""


class Reason(StrEnum):
    """Why a post is suggested, strongest first."""

    RESOURCE = "resource"
    AREA = "area"
    PAIR = "pair"


@dataclass(frozen=True)
class PostFacts:
    """What the ranking looks at. `area` and `group` are keys, None where there is none; `ends_on` None: no end."""

    key: int
    direction: str
    actor: str
    resource: str
    area: int | None = None
    group: int | None = None
    ends_on: date | None = None


@dataclass(frozen=True)
class Suggestion:
    """One counterpart and why it is one."""

    key: int
    reasons: tuple[Reason, ...]


def counterparts(post: PostFacts, others: Iterable[PostFacts], *, most: int) -> list[Suggestion]:
    """Of `others` (open posts) those that might answer `post`, best first, `most` at the most.

    The other direction and the same resource are needed. The same area comes first, then a company or a citizen beside
    a group, then the nearest end (no end last), then the older post. A group is not led to its own posts.
    """
    fitting = [
        (other, _reasons(post, other))
        for other in others
        if other.key != post.key
        and other.direction != post.direction
        and other.resource == post.resource
        and not (post.group is not None and other.group == post.group)
    ]
    fitting.sort(key=_rank)
    return [Suggestion(other.key, reasons) for other, reasons in fitting[:most]]


def _reasons(post: PostFacts, other: PostFacts) -> tuple[Reason, ...]:
    found = [Reason.RESOURCE]
    if post.area is not None and post.area == other.area:
        found.append(Reason.AREA)
    if (post.actor in GROUPS) != (other.actor in GROUPS):
        found.append(Reason.PAIR)
    return tuple(found)


def _rank(fitting: tuple[PostFacts, Sequence[Reason]]) -> tuple:
    other, reasons = fitting
    return (Reason.AREA not in reasons, Reason.PAIR not in reasons, other.ends_on or date.max, other.key)

"""A small map of the information stands, drawn by the server: no picture and no tile from elsewhere.

The city's facilities are faint dots, so that the stands have something to stand among; the list beside the map says
the same in words. North is up; the scale is told by a bar.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import cos, radians

from activities.models import Place

WIDTH, HEIGHT, MARGIN = 320, 220, 36
KILOMETRES_A_DEGREE = 111.2
"""Of latitude; of longitude it shrinks with the cosine of the latitude. Exact enough for one city."""
LEAST_SPAN = 1.2
"""Kilometres that the map shows at least, so that one stand alone is not drawn as if from its doorstep."""
BARS = (0.2, 0.5, 1, 2, 5, 10, 20)
TOO_CLOSE = 22
"""Points nearer than this, in the units of the drawing, share one mark."""

Position = tuple[Decimal, Decimal]


@dataclass(frozen=True)
class Mark:
    """One mark on the map: where, and the numbers of the stands that it stands for ("1", "1・2")."""

    x: float
    y: float
    words: str

    @property
    def span(self) -> int:
        """The width of its frame: a circle for one figure."""
        return 14 + 14 * len(self.words)

    @property
    def left(self) -> float:
        return round(self.x - self.span / 2, 1)

    @property
    def top(self) -> float:
        return round(self.y - 14, 1)

    @property
    def baseline(self) -> float:
        return round(self.y + 7, 1)


@dataclass(frozen=True)
class StandMap:
    """What the template draws, in units of the drawing."""

    marks: list[Mark]
    dots: list[tuple[float, float]]
    bar: float
    bar_words: str
    width: int = WIDTH
    height: int = HEIGHT


def drawn(points: Sequence[tuple[int, Position]]) -> StandMap | None:
    """The map of numbered positions (latitude, longitude) with the facilities around them; None without a position."""
    if not points:
        return None
    frame = _Frame.around([position for _number, position in points])
    (south, west), (north, east) = frame.corners()
    around = Place.objects.filter(latitude__range=(south, north), longitude__range=(west, east))
    dots = sorted({frame.at(place) for place in around.values_list("latitude", "longitude")})
    bar = max((length for length in BARS if length * frame.scale <= WIDTH / 3), default=BARS[0])
    words = f"{bar:g} km" if bar >= 1 else f"{bar * 1000:g} m"
    return StandMap(_marks(points, frame), dots, round(bar * frame.scale, 1), words)


def _marks(points: Sequence[tuple[int, Position]], frame: "_Frame") -> list[Mark]:
    """One mark for each place; stands in the same house share it."""
    found: list[tuple[float, float, list[int]]] = []
    for number, position in points:
        x, y = frame.at(position)
        near = next((row for row in found if abs(row[0] - x) < TOO_CLOSE and abs(row[1] - y) < TOO_CLOSE), None)
        if near:
            near[2].append(number)
        else:
            found.append((x, y, [number]))
    return [Mark(x, y, "・".join(str(number) for number in numbers)) for x, y, numbers in found]


@dataclass(frozen=True)
class _Frame:
    """Which part of the world the map shows: its middle, and units of the drawing for a kilometre."""

    latitude: float
    longitude: float
    scale: float

    @classmethod
    def around(cls, positions: Sequence[Position]) -> "_Frame":
        latitudes = [float(latitude) for latitude, _longitude in positions]
        longitudes = [float(longitude) for _latitude, longitude in positions]
        middle = (min(latitudes) + max(latitudes)) / 2, (min(longitudes) + max(longitudes)) / 2
        high = (max(latitudes) - min(latitudes)) * KILOMETRES_A_DEGREE
        wide = (max(longitudes) - min(longitudes)) * KILOMETRES_A_DEGREE * cos(radians(middle[0]))
        scale = min(
            (WIDTH - 2 * MARGIN) / max(wide, LEAST_SPAN),
            (HEIGHT - 2 * MARGIN) / max(high, LEAST_SPAN * HEIGHT / WIDTH),
        )
        return cls(*middle, scale)

    @property
    def _east_scale(self) -> float:
        return self.scale * KILOMETRES_A_DEGREE * cos(radians(self.latitude))

    def at(self, position: Position) -> tuple[float, float]:
        latitude, longitude = (float(part) for part in position)
        x = WIDTH / 2 + (longitude - self.longitude) * self._east_scale
        y = HEIGHT / 2 - (latitude - self.latitude) * self.scale * KILOMETRES_A_DEGREE
        return round(x, 1), round(y, 1)

    def corners(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """(south, west) and (north, east) of what is shown."""
        high = HEIGHT / 2 / (self.scale * KILOMETRES_A_DEGREE)
        wide = WIDTH / 2 / self._east_scale
        return (self.latitude - high, self.longitude - wide), (self.latitude + high, self.longitude + wide)

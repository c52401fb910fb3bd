"""What was decided and marked about the media, in one sentence each, for the history. Pure."""

from django.utils.translation import gettext as _

from activities.media import Medium

FIELDS = ("media", "medium_done", "medium_undone", "magazine", "copies", "stands", "facebook")


def medium_change_words(data: dict) -> str:
    """The sentence of one line of the history whose `field` is one of FIELDS."""
    field = data.get("field")
    medium = data.get("medium")
    name = Medium(medium).label if medium in Medium.values else ""
    if field == "media":
        words = {
            True: _("The centre takes it to another place too: %(medium)s"),
            False: _("The centre leaves one place out: %(medium)s"),
        }[bool(data.get("is_in"))]
        if data.get("is_undone"):
            words = _("The centre follows the group's wish again: %(medium)s")
        return words % {"medium": name}
    if field == "medium_done":
        words = _("It was told: %(medium)s") % {"medium": name}
        return f"{words}（{data['place']}）" if data.get("place") else words
    if field == "medium_undone":
        return _("A mark was taken back: %(medium)s") % {"medium": name}
    if field == "magazine":
        return _("It was chosen for the magazine.") if data.get("is_accepted") else _("The choice was taken back.")
    if field == "stands":
        words = _("Put on the stands: %(where)s") if data.get("is_up") else _("Taken down from the stands: %(where)s")
        return words % {"where": data.get("where", "")}
    if field == "facebook":
        return _("The machine could not post it on Facebook for certain.")
    return _("Paper copies were received: %(count)d") % {"count": data.get("count", 0)}

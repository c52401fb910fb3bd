"""Where a matching post stands, in words for readers: the stamp's tone and one sentence."""

from django.utils.translation import gettext as _

from activities import models  # by module: the post among the models asks for these words

TONES = {"received": "", "open": "good", "arranging": "now", "matched": "", "ended": ""}
"""The look of the stamp by stage."""


def sentence(stage: "models.MatchStage", post: "models.MatchPage") -> str:
    """What the stage means for somebody who would like to answer."""
    sentences = {
        "received": _("The centre has received this and has not published it yet."),
        "open": _("The centre takes contacts."),
        "arranging": _("The centre is talking with somebody. New contacts are not taken at the moment."),
        "matched": _("Somebody has been found. Thank you."),
        "ended": _("This has ended."),
    }
    if stage == "ended" and post.state == models.MatchState.OPEN:
        return _("Its day has passed, so it has ended.")
    return sentences[stage]

"""見ました: staff have looked at a page that the clock published for a trusted group."""

from datetime import datetime

from django.utils.translation import gettext_lazy

from activities.desk.actions import ActionView
from activities.notices.trusted_steps import mark_seen


class SeenView(ActionView):
    """A button: the newsletter warns of the page until it was pressed."""

    done = gettext_lazy("Noted: you have looked at the page.")

    def run(self, form: None, *, now: datetime) -> None:
        mark_seen(notice=self.notice, by=self.request.user, now=now)

"""The panel of the editor that lists what the content checks found."""

from wagtail.admin.panels import Panel

from center.content_checks import findings


class ContentChecksPanel(Panel):
    """What might be better about the page, as it was saved last; not there when there is nothing to say."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "center/admin/content_checks.html"

        @property
        def found(self) -> list[dict[str, str]]:
            """The words of each finding with the name of its field; nothing for a page that was never saved."""
            if self.instance is None or not self.instance.pk:
                return []
            page = self.instance
            return [{"words": finding.words, "field": finding.field_words(page)} for finding in findings(page)]

        def is_shown(self) -> bool:
            return bool(self.found)

        def get_context_data(self, parent_context=None) -> dict:
            return super().get_context_data(parent_context) | {"found": self.found}

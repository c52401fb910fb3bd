"""Beside a post in the editor: the contacts about it and the posts that might fit. For staff alone."""

from django.utils import timezone
from wagtail.admin.panels import Panel
from wagtail.permission_policies import ModelPermissionPolicy

from activities import match_queries, models  # by module: the post among the models carries this panel

CONTACTS_SHOWN = 5


class CounterpartsPanel(Panel):
    """What has come in about the post, and open posts of the other direction with the reason in words."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "matching/admin/panel.html"

        def is_shown(self) -> bool:
            return bool(self.instance and self.instance.pk)

        def get_context_data(self, parent_context=None) -> dict:
            post = self.instance
            policy = ModelPermissionPolicy(models.MatchContact)
            may_read = policy.user_has_any_permission(self.request.user, ("view", "change"))
            contacts = match_queries.contacts_about(post) if may_read else models.MatchContact.objects.none()
            return super().get_context_data(parent_context) | {
                "post": post,
                "may_read": may_read,
                "contacts": contacts[:CONTACTS_SHOWN],
                "counterparts": match_queries.suggested(post, now=timezone.now()),
            }

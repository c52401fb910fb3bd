"""The pages that list other pages. What they list comes from `activities.queries`."""

from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from activities import event_list, grant_board, group_directory, lists, news_board
from center.pages import BodyMixin, GatedMixin, SummaryMixin


class IndexPage(SummaryMixin, BodyMixin, GatedMixin, Page):
    """Base of the lists: a heading sentence, a text above or below, and the children."""

    parent_page_types = ["home.HomePage"]
    content_panels = [*Page.content_panels, *SummaryMixin.summary_panels, *BodyMixin.body_panels]
    search_fields = [*Page.search_fields, *SummaryMixin.summary_search_fields, *BodyMixin.body_search_fields]
    max_count_per_parent = 1

    class Meta:
        abstract = True


class EventIndexPage(IndexPage):
    """Events and lectures, by date."""

    subpage_types = ["activities.EventPage", "activities.LecturePage", "activities.FestaPage", "activities.SalonPage"]
    page_description = _("Events, lectures, festa and salons, by date. Past ones move to the archive by themselves.")

    class Meta:
        verbose_name = _("list of events")

    def get_context(self, request, *args, **kwargs) -> dict:
        return super().get_context(request, *args, **kwargs) | event_list.event_list(self, request)


class GroupIndexPage(IndexPage):
    """Groups, in the order of their readings."""

    subpage_types = ["activities.GroupPage"]
    page_description = _("The directory of groups. It sorts itself by their readings.")

    class Meta:
        verbose_name = _("list of groups")

    def get_context(self, request, *args, **kwargs) -> dict:
        return super().get_context(request, *args, **kwargs) | group_directory.group_list(self, request)


class GrantIndexPage(IndexPage):
    """Grants, by deadline."""

    subpage_types = ["activities.GrantPage"]
    page_description = _("The list of grants. It sorts itself by deadline; closed ones move to the archive.")

    class Meta:
        verbose_name = _("list of grants")

    def get_context(self, request, *args, **kwargs) -> dict:
        return super().get_context(request, *args, **kwargs) | grant_board.grant_list(self, request)


class NewsIndexPage(IndexPage):
    """News, newest first."""

    subpage_types = ["activities.NewsPage"]
    page_description = _("The list of news: calls, reports, changes. The newest stands first.")

    class Meta:
        verbose_name = _("list of news")

    def get_context(self, request, *args, **kwargs) -> dict:
        return super().get_context(request, *args, **kwargs) | news_board.news_list(self, request)


class MatchIndexPage(IndexPage):
    """ほしい・あるよ: what people look for and what they offer."""

    subpage_types = ["activities.MatchPage"]
    page_description = _("The board of what is wanted and what is offered. Each post is a page below it.")

    class Meta:
        verbose_name = _("list of matching posts")

    def get_context(self, request, *args, **kwargs) -> dict:
        return super().get_context(request, *args, **kwargs) | lists.match_list(self, request)

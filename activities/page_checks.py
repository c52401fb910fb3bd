"""What might be better about groups, grants, news and issues of the magazine, said to editors in kind words."""

from django.utils.translation import gettext as _

from activities import models  # by module: the pages among the models name these checks
from center.content_checks import Finding
from center.japanese.kana import OTHER, kana_key, kana_row

# Groups


def no_public_contact(page: "models.GroupPage") -> list[Finding]:
    """Without one every question comes to the centre."""
    if page.public_contacts():
        return []
    return [Finding(_("No contact is public: the page sends questions to the centre. Is that what they want?"))]


def no_reading(page: "models.GroupPage") -> list[Finding]:
    """A name that begins with kanji stands under 他 as long as nobody says how it is read."""
    if page.kana or kana_row(kana_key("", page.title)) != OTHER:
        return []
    return [Finding(_("Write the reading in hiragana, so that the group stands in its place in the list."), "kana")]


def recruiting_without_words(page: "models.GroupPage") -> list[Finding]:
    """Who looks for members says whom."""
    if not page.is_recruiting or page.recruiting_text.strip():
        return []
    return [Finding(_("Write whom they look for and how one can join in."), "recruiting_text")]


# Grants


def no_deadline(page: "models.GrantPage") -> list[Finding]:
    """Neither a day nor 随時: readers cannot know whether they can still apply."""
    if page.closes_on or page.is_always_open:
        return []
    return [Finding(_("Write the deadline, or say that it is open at any time."), "closes_on")]


def no_amount(page: "models.GrantPage") -> list[Finding]:
    """The first thing that groups ask."""
    if page.amount_upper is not None or page.rate:
        return []
    return [Finding(_("Write the upper amount or the rate. Until then the page says that it is unconfirmed."), "rate")]


def nobody_named(page: "models.GrantPage") -> list[Finding]:
    """The list is narrowed by who may apply: a grant without anybody is not found there."""
    if page.applicants.all():
        return []
    return [Finding(_("Choose who may apply. Otherwise the grant is missing where the list is narrowed."))]


def no_guide(page: "models.GrantPage") -> list[Finding]:
    """Nobody applies without the guide."""
    if page.guide_id or page.guide_url:
        return []
    return [Finding(_("Add the guide as PDF or its address, so that people can read the conditions."), "guide_url")]


# News


def call_without_contact(page: "models.NewsPage") -> list[Finding]:
    """Who wants to answer a call must know whom to ask."""
    has_contact = page.contact_phone or page.contact_email or page.contact_url
    if page.kind != models.NewsKind.CALL or has_contact or page.group_id:
        return []
    return [Finding(_("Write whom to ask. Until then the page names the centre's phone."), "contact_phone")]


def deadline_of_no_call(page: "models.NewsPage") -> list[Finding]:
    """Only calls have a deadline; elsewhere it is not shown."""
    if page.kind == models.NewsKind.CALL or not page.deadline_on:
        return []
    return [
        Finding(_("Only a call shows its deadline. Choose the kind “call”, or write the day into the text."), "kind")
    ]


def change_of_nothing(page: "models.NewsPage") -> list[Finding]:
    """A change leads to the page that it changes."""
    if page.kind != models.NewsKind.CHANGE or page.about_page_id:
        return []
    return [Finding(_("Choose the page that changed, so that readers find what holds now."), "about_page")]


# Magazine


def unread_pdf(page: "models.MagazineIssuePage") -> list[Finding]:
    """A PDF that could not be read gives neither a cover nor words for the search."""
    reading = models.PdfReading.objects.filter(document_id=page.pdf_id).first() if page.pdf_id else None
    if reading is None or reading.state != models.PdfReading.State.REFUSED:
        return []
    words = _("%(why)s Until then the issue has the cover of its season, and the search does not find its pages.")
    return [Finding(words % {"why": reading.refusal_words}, "pdf")]


def articles_in_the_pdf_only(page: "models.MagazineIssuePage") -> list[Finding]:
    """Who reads on a phone, or has pages read aloud, needs the articles as text."""
    articles = list(page.articles.all())
    if page.pdf_id and not articles:
        return [Finding(_("Write the articles as text too: a PDF is hard to read on a phone."), "articles")]
    return [
        Finding(_("The article “%(title)s” has no text yet.") % {"title": article.title}, "articles")
        for article in articles
        if not article.body
    ]

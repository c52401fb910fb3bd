"""Which of the sample pages were made for which part of the plan, so that its pages have something to show."""

from wagtail.models import Page

from activities.models import MeasurePage, PageMeasure

TIES = {
    "百歳体操をやってみる会": ["point-safety", "safety"],
    "登下校の見守り、朝の20分": ["point-safety", "safety"],
    "はじめての団体会計": ["support"],
    "会計ソフトを動かしてみる": ["support"],
    "助成金の申請書を書いてみる（全4回）": ["support"],
    "地域のつながり助成": ["support"],
    "若い人の挑戦を応援する助成": ["training"],
    "SNSで活動を伝える（オンライン）": ["point-ict", "means"],
    "ボランティアを迎える準備": ["use-of-people"],
    "市民活動交流サロン お茶の時間": ["participation", "point-everyone"],
    "市民活動交流フェスタ（見本の回）": ["participation", "point-everyone"],
    "団体のホームページを手伝える人": ["resources"],
    "会社の会議室を、土曜に使ってください": ["resources"],
    "ほほえみ体操の会": ["safety"],
}
"""Titles of samples, and the address parts of the plan's pages."""


def tie_samples_to_the_plan() -> int:
    """Tie the samples to the plan; return how many pages were tied. Nothing happens on a site without a plan.

    Safe to repeat.
    """
    parts = {part.slug: part for part in MeasurePage.objects.filter(locale__language_code="ja")}
    count = 0
    pages = Page.objects.filter(title__in=TIES, locale__language_code="ja", live=True)
    for page in pages.specific() if parts else ():
        known = {tie.measure_id for tie in page.measure_links.all()}
        wanted = [parts[slug] for slug in TIES[page.title] if slug in parts and parts[slug].pk not in known]
        if not wanted or not getattr(page, "is_sample", False):
            continue
        page.measure_links.add(*(PageMeasure(measure=part) for part in wanted))
        page.save_revision().publish()
        count += 1
    return count

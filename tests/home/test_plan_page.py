"""The plan: its goal, figures with their charts, and the table of who does what for whom."""

from decimal import Decimal

import pytest
from bs4 import BeautifulSoup

from activities.deadlines import Rate
from activities.models import MeasurePage, PageMeasure
from activities.rate_chart import rate_chart, share_words
from config.builders import add_event, add_page
from home.charts import Scale
from home.models import PlanIndicator, PlanMatrixEntry, PlanResult, StandardPage

SOURCE = "郡山市「第二次郡山市協働推進基本計画」概要版（2018年3月）"


@pytest.fixture
def plan(tree):
    page = tree.plan
    page.goal, page.period, page.source, page.is_finished = "市民総活躍のまち", "2018〜2025年度", SOURCE, True
    page.indicators = [
        PlanIndicator(
            title="地域への愛着度", unit="%", base_year=2016, base="67.6", target_year=2025, target="70.0", text="割合"
        ),
        PlanIndicator(title="満足度", unit="点", base_year=2016, base="62.3", target_year=2025, target="70.0"),
    ]
    page.matrix = [
        PlanMatrixEntry(actor="citizens", beneficiary="citizens", text="あいさつ"),
        PlanMatrixEntry(actor="citizens", beneficiary="city", text="話し合いに参加"),
        PlanMatrixEntry(actor="npo", beneficiary="citizens", text="見守り"),
    ]
    page.save_revision().publish()
    add_part(page, "point", "ICTの活用", summary="活動の知らせを届きやすくする。")
    people = add_part(page, "policy", "ひとづくり")
    add_part(people, "measure", "人材の育成")
    add_part(people, "measure", "人材の活用")
    add_part(add_part(page, "policy", "情報の共有"), "measure", "市民参画の促進", doubt="どの方針に属するか")
    return page


def add_part(parent, kind: str, title: str, **fields) -> MeasurePage:
    return add_page(parent, MeasurePage(title=title, kind=kind, **fields))


@pytest.fixture
def read(plan, client):
    def at(query: str = "") -> BeautifulSoup:
        response = client.get(f"/plan/{query}")
        assert response.status_code == 200
        return BeautifulSoup(response.content, "html.parser")

    return at


def words(tag) -> str:
    return " ".join(tag.get_text(" ", strip=True).split())


def test_the_plan_says_first_that_it_is_over(read):
    paper = read().select_one("main section")
    assert words(paper.select_one(".row__labels")) == "期間が終わった計画 2018〜2025年度"
    assert words(paper.select_one(".big-words")) == "市民総活躍のまち"
    assert words(paper.select_one(".points li")) == "ICTの活用 活動の知らせを届きやすくする。"
    assert SOURCE in words(paper.select_one(".source"))


def test_measures_stand_under_their_policies_and_doubt_is_shown(read):
    policies = read().find(string="方針と取り組み").find_parent("section").select(".actors > div")
    assert [words(policy.h3) for policy in policies] == ["ひとづくり", "情報の共有"]
    assert [len(policy.select("li")) for policy in policies] == [2, 1]
    assert words(policies[1].li) == "市民参画の促進 未確認 どの方針に属するか"
    part = MeasurePage.objects.get(title="市民参画の促進")
    assert policies[1].li.a["href"] == part.get_url()


def test_a_measure_says_how_much_was_done_for_it(read, tree, plan, tokyo):
    measure = MeasurePage.objects.get(title="人材の育成")
    for title, live in (("公開の催し", True), ("下書きの催し", False)):
        event = add_event(tree, title, sessions=[(tokyo(2026, 11, 28, 10), None)], live=False)
        event.measure_links = [PageMeasure(measure=measure)]
        revision = event.save_revision()
        if live:
            revision.publish()
    policies = read().find(string="方針と取り組み").find_parent("section").select(".actors > div")
    assert [words(item) for item in policies[0].select("li")] == ["人材の育成 行ったこと 1件", "人材の活用"]


def test_a_draft_of_a_measure_is_not_in_the_plan(read, plan):
    add_page(plan, MeasurePage(title="まだ出さない方針", kind="policy"), live=False)
    assert "まだ出さない方針" not in words(read().main)


def test_each_figure_has_a_chart_a_table_a_source_and_says_what_is_unpublished(read):
    figure = read().select_one("figure")
    assert words(figure.figcaption) == "地域への愛着度 割合"
    rows = [[words(cell) for cell in row.select("th, td")] for row in figure.select("tbody tr")]
    assert rows == [["基準", "2016", "67.6%"], ["目標", "2025", "70.0%"], ["結果", "2025", "未公表"]]
    assert words(figure.select_one(".source")) == f"出典：{SOURCE}。 縦の目盛りは55から始まります。"


def test_the_chart_says_its_figures_to_those_who_do_not_see_it(read):
    chart = read().select_one("figure svg")
    assert chart["role"] == "img" and chart["aria-labelledby"] == "indicator-1-t indicator-1-d"
    assert chart.title.get_text() == "地域への愛着度：基準と目標"
    said = chart.desc.get_text()
    assert "2016年度の基準は67.6%。" in said and "2025年度の目標は70.0%。" in said and "結果は未公表。" in said
    assert chart.select_one("line.c-none") and "結果は未公表" in words(chart)
    assert not chart.get("viewbox") and not chart.select("[style]")


def add_result(plan, year: int, value: str, **fields) -> None:
    PlanResult.objects.create(
        indicator=PlanIndicator.objects.get(page=plan, unit="%"), year=year, value=Decimal(value), **fields
    )


def rows_of(figure) -> list[list[str]]:
    return [[words(cell) for cell in row.select("th, td")] for row in figure.select("tbody tr")]


def test_a_published_result_is_drawn_and_no_longer_unpublished(read, plan):
    add_result(plan, 2025, "69.1", source="市民意識調査の報告（見本）")
    figure = read().select_one("figure")
    assert rows_of(figure)[2:] == [["結果", "2025", "69.1%"]]
    assert "2025年度の結果の出典：市民意識調査の報告（見本）" in words(figure.select_one(".source"))
    assert "2025年度の結果は69.1%。" in figure.desc.get_text() and "未公表" not in words(figure)
    assert len(figure.select("circle.c-base")) == 2 and not figure.select(".c-none")
    assert "結果 69.1%" in words(figure.svg)


def test_results_of_several_years_stand_in_their_order_and_the_target_year_stays_unpublished(read, plan):
    add_result(plan, 2023, "68.9")
    add_result(plan, 2020, "66.0")
    figure = read().select_one("figure")
    assert rows_of(figure)[2:] == [["結果", "2020", "66.0%"], ["結果", "2023", "68.9%"], ["結果", "2025", "未公表"]]
    dots = [int(dot["cx"].rstrip("%")) for dot in figure.select("circle.c-base")]
    assert sorted(dots) == [24, 47, 64], "base, 2020 and 2023 from left to right"
    assert "2023年度 結果 68.9%" in words(figure.svg) and figure.select(".c-none")
    said = figure.desc.get_text()
    assert said.index("2020年度の結果は66.0%。") < said.index("2023年度の結果は68.9%。")
    assert "2025年度の結果は未公表。" in said


def test_both_charts_share_one_scale(read):
    dots = [chart.select_one("circle.c-goal")["cy"] for chart in read().select("figure svg")]
    assert dots[0] == dots[1]
    bases = [int(chart.select_one("circle.c-base")["cy"]) for chart in read().select("figure svg")]
    assert bases[0] < bases[1], "the higher figure stands higher"


def shown_part(page: BeautifulSoup) -> dict[str, list[str]]:
    cells = page.find(id="h-table").find_parent("section").select(".actors > div")
    return {words(cell.h4): [words(item) for item in cell.select("li")] for cell in cells}


def test_the_table_is_read_one_actor_at_a_time(read):
    page = read()
    assert shown_part(page) == {"市民のために": ["あいさつ"], "市のために": ["話し合いに参加"]}
    assert [words(chip) for chip in page.select(".chips [aria-current]")] == ["だれがするか", "市民"]
    assert shown_part(read("?actor=npo")) == {"市民のために": ["見守り"]}


def test_the_table_can_be_turned_round(read):
    page = read("?by=beneficiary&actor=citizens")
    assert "市民のためにできること 2件" in words(page.main)
    assert list(shown_part(page).values()) == [["あいさつ"], ["見守り"]]


def test_an_actor_without_a_part_is_told_in_words(read):
    assert "計画に書かれたものはありません" in words(read("?actor=business").main)


@pytest.mark.parametrize("query", ["?actor=<script>", "?actor=", "?by=x&actor=nobody", "?actor=citizens&actor=npo"])
def test_an_address_that_nobody_made_shows_the_plan(read, query):
    page = read(query)
    assert shown_part(page) and not page.select("main script:not([src])")


def test_the_whole_table_names_both_sides_of_every_cell(read):
    table = read().select_one("details table.matrix")
    assert [words(head) for head in table.select("thead th")][:2] == ["だれのために", "市民が"]
    rows = table.select("tbody tr")
    assert len(rows) == 5 and all(len(row.select("td[data-label]")) == 5 for row in rows)
    assert words(rows[0].th) == "市民のために" and words(rows[0].td) == "あいさつ"


def test_the_pages_below_the_plan_are_led_to(read, plan):
    add_page(plan, StandardPage(title="町内会", slug="neighbourhood", summary="暮らしにいちばん近い集まり。"))
    add_page(plan, StandardPage(title="下書き", slug="draft"), live=False)
    near = read().find(string="身近なところから").find_parent("section")
    assert [link["href"] for link in near.select("a")] == ["/plan/neighbourhood/"]
    assert "暮らしにいちばん近い集まり。" in words(near)


def test_a_plan_that_nobody_has_written_yet_is_a_page_all_the_same(tree, client):
    page = BeautifulSoup(client.get("/plan/").content, "html.parser")
    assert "まだ書かれていません。" in words(page.main)
    assert not page.select("figure, .chips, table")


def test_the_plan_costs_few_queries(plan, client, django_assert_max_num_queries):
    client.get("/plan/")
    with django_assert_max_num_queries(20):
        client.get("/plan/")


# the charts themselves


def test_a_scale_keeps_all_values_inside_and_apart():
    scale = Scale.of([Decimal("67.6"), Decimal("70.0"), Decimal("62.3")])
    assert (scale.floor, scale.step) == (55, 5)
    assert scale.lines() == [60, 65, 70]
    assert scale.y(Decimal("70")) < scale.y(Decimal("67.6")) < scale.y(Decimal("62.3")) < scale.y(scale.floor)


@pytest.mark.parametrize("values", [["0"], ["5"], ["3", "3"], ["0.2", "0.4"], ["1", "900"], ["-2", "4"]])
def test_a_scale_can_be_made_for_any_values(values):
    scale = Scale.of([Decimal(value) for value in values])
    assert all(scale.floor <= Decimal(value) for value in values)
    assert len(scale.lines()) <= 6
    assert all(60 <= scale.y(Decimal(value)) <= 228 for value in values)


def test_figures_near_the_ground_stand_on_zero():
    assert Scale.of([Decimal(2), Decimal(90)]).floor == 0


def test_a_chart_of_rates_has_a_bar_as_long_as_its_share():
    chart = BeautifulSoup(rate_chart([(4, Rate(on_time=1, total=2, literal=2))]), "html.parser")
    assert chart.select_one(".c-bar")["width"] == "33.0%" and chart.select_one(".c-bar2")["width"] == "66.0%"
    assert chart.desc.get_text() == "4月 50%"


@pytest.mark.parametrize(("share", "said"), [(1.0, "100%"), (0.999, "99%"), (0.994, "99%"), (0.5, "50%"), (0.0, "0%")])
def test_a_share_is_never_rounded_up_to_all(share, said):
    assert share_words(share) == said

"""The page of one salon, as a citizen reads it."""

from config.builders import add_salon


def test_a_salon_tells_its_number_and_theme(tree, tokyo, morning, centre, seen):
    page = add_salon(
        tree, "年の瀬の茶話会", sessions=[(tokyo(2026, 12, 23, 10), None)], number=38, theme="来年したいこと"
    )
    words = seen(page)
    assert "第38回" in words
    assert "来年したいこと" in words
    assert "12月23日（水）10時" in words

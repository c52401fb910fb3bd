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


def test_a_salon_names_those_before_and_the_next(tree, tokyo, morning, centre, seen):
    def salon(number, *day):
        return add_salon(
            tree, f"茶話会{number}", sessions=[(tokyo(*day, 10), None)], number=number, theme=f"題{number}"
        )

    past, _older, page = salon(30, 2026, 10, 23), salon(29, 2026, 9, 23), salon(31, 2026, 11, 26)
    salon(32, 2026, 12, 23)
    words = seen(page)
    assert words.index("これからのサロン") < words.index("茶話会32") < words.index("これまでのサロン")
    assert words.index("これまでのサロン") < words.index("茶話会30") < words.index("茶話会29")
    assert "題30" in words
    over = seen(past)
    assert over.index("つぎのサロン") < over.index("茶話会31") < over.index("いつ・どこで")
    assert "茶話会32" not in over

"""The home page and the lists in English and やさしい日本語 (easy Japanese): title and sentence of each.

Everything else is translated by people, page by page; what is not yet stands in the lists with its Japanese title.
"""

HOME = {
    "en": (
        "Assist Park Koriyama",
        "What the town does, on the board now.",
        "Events and calls of Koriyama. What reaches us is here within three days.",
    ),
    "ja-x-easy": (
        "アシストパークこおりやま",
        "まちの お知らせが、ここに あります。",
        "こおりやまの イベントや、なかまの 募集（ぼしゅう）を、ここで 見ることが できます。",
    ),
}

LISTS = {
    "en": {
        "events": ("Events and lectures", "Events and lectures in Koriyama, the nearest first."),
        "groups": ("Groups", "Groups that are active in Koriyama, by field and area."),
        "grants": ("Grants", "Money for the work of groups, the nearest deadline first."),
        "matching": (
            "Wanted and offered",
            "The centre brings together those who look for something and those who offer it.",
        ),
        "magazine": ("Magazine", "Our magazine “Assist Park”: four issues a year."),
        "news": ("News", "Calls, reports and changes."),
        "services": ("Services and advice", "Advice, machines and tools, places for flyers."),
        "plan": (
            "The plan of cooperation",
            "The city's second plan of cooperation (fiscal 2018 to 2025), now finished: goals and measures.",
        ),
    },
    "ja-x-easy": {
        "events": (
            "イベント・講座（こうざ）",
            "こおりやまの イベントと 講座（こうざ）です。日にちが 近い ものから 書いて あります。",
        ),
        "groups": ("グループ", "こおりやまで 活動（かつどう）して いる グループです。"),
        "grants": ("助成金（じょせいきん）", "グループの 活動（かつどう）に 使える お金です。"),
        "matching": ("ほしい・あるよ", "「ほしい」人と「ある」人を、センターが つなぎます。"),
        "magazine": ("広報誌（こうほうし）", "1年に 4回 出る 読みものです。"),
        "news": ("お知らせ", "募集（ぼしゅう）、報告（ほうこく）、変わった ことの お知らせです。"),
        "services": ("使う・相談（そうだん）する", "相談（そうだん）や、機械（きかい）を 使う ことが できます。"),
        "plan": (
            "まちの 計画（けいかく）",
            "市（し）と 市民（しみん）が いっしょに した 計画（けいかく）です。2025年度（ねんど）で 終わりました。",
        ),
    },
}

"""Made-up events that show every case: courses, moved and cancelled ones, a full one, a festa with its report.

Days are counted from the day of the demonstration. Every one of them is shown as 見本.
"""

CENTRE_ROOM = "アシストパーク郡山（西庁舎3階）"

LECTURES = [
    {
        "title": "助成金の申請書を書いてみる（全4回）",
        "slug": "mihon-lecture-grant",
        "series": "support",
        "topics": ["grants", "fundraising"],
        "sessions": [
            {"day": -6, "title": "助成金をさがす", "note": ""},
            {"day": 8, "title": "やりたいことを、1枚にまとめる", "note": "書きかけの申請書があれば、お持ちください"},
            {"day": 15, "title": "予算を立てる", "note": "この回だけ、電卓を使います"},
            {"day": 22, "title": "読みあって、直す", "note": ""},
        ],
        "hour": 13,
        "minute": 30,
        "hours": 2,
        "apply_by": 6,
        "is_walk_in": True,
        "capacity": 16,
        "speaker_name": "見本 次郎（助成金の相談員）",
        "speaker_profile": "市民団体の申請書を、20年読んできました。\n（見本の紹介文です）",
        "target": "これから助成金に申し込む団体の方。はじめての方も。",
        "bring": "筆記用具",
        "summary": "申請書を1通、4回で書きあげます。とちゅうの回からでも参加できます。",
        "text": "助成金の申請書は、活動の説明書です。だれが、何に困っていて、何をすると、どうなるか。順に書けば、1枚になります。\n"
        "書きかけの申請書を持ちよって、となりの人と読みあいながら進めます。パソコンはいりません。",
        "wheelchair_access": "yes",
        "wheelchair": "エレベーターと、車いすで使えるトイレがあります",
        "hearing_access": "ask",
        "hearing": "手話通訳は、1週間前までにご相談ください",
        "children_access": "no",
        "children": "託児はありません",
    },
    {
        "title": "SNSで活動を伝える（オンライン）",
        "slug": "mihon-lecture-sns",
        "series": "support",
        "topics": ["social-media"],
        "sessions": [{"day": 10, "title": "", "note": ""}],
        "hour": 19,
        "minute": 0,
        "hours": 1.5,
        "apply_by": 9,
        "is_online": True,
        "application_way": "email",
        "speaker_name": "",
        "summary": "家からスマートフォンで参加できます。写真の撮りかたと、短い文の書きかたを練習します。",
        "text": "つなぐためのアドレスは、申し込んだ方にメールでお送りします。はじめての方は、15分前に入って練習できます。",
        "hearing_access": "yes",
        "hearing": "画面に字幕が出ます",
        "children_access": "yes",
        "children": "画面の前に、お子さんがいてもかまいません",
    },
]

PAST_LECTURES = [
    {
        "title": "ボランティアを迎える準備",
        "slug": "mihon-lecture-volunteer",
        "series": "support",
        "topics": [],
        "sessions": [{"day": -24, "title": "", "note": ""}],
        "hour": 13,
        "minute": 30,
        "hours": 2,
        "apply_by": -27,
        "capacity": 20,
        "speaker_name": "見本 花子（団体の世話人）",
        "summary": "はじめて来た人が、また来たくなる迎えかたを話しました。",
        "text": "前半は講師の話、後半は4人ずつの話しあいでした。配った資料を、このページに載せています。",
        "materials": [
            (
                "配った資料：はじめての人を迎える10の準備",
                [
                    ["はじめての人を迎える10の準備", "（見本の資料です）", "", "1  名前を呼ぶ", "2  来た理由を聞く"]
                    + ["3  今日することを、1枚の紙で渡す", "4  道具の場所を見せる", "5  お茶の時間を決めておく"],
                    ["6  となりに座る人を決める", "7  帰る時間を先に言う", "8  次の日を、紙で渡す"]
                    + ["9  3日のうちに、お礼を伝える", "10 むりに誘わない"],
                ],
            ),
            (
                "話しあいのまとめ",
                [["話しあいのまとめ", "（見本の資料です）", "", "「待つのも、迎えること」という声がありました。"]],
            ),
        ],
    },
]

EVENTS = [
    {
        "title": "里山の道をなおす日",
        "slug": "mihon-event-satoyama",
        "group": "川とみどりの会",
        "day": 16,
        "hour": 9,
        "hours": 3,
        "previous_day": 9,
        "venue_name": "里山の入口の広場",
        "is_free": True,
        "state": "postponed",
        "has_new_dates": True,
        "change_note": "雨の予報のため、1週間のばしました。集まる場所と時間は同じです",
        "bring": "軍手、飲みもの、長ぐつ",
        "children_access": "yes",
        "children": "小学生から。大人といっしょに来てください",
        "summary": "落ち葉でうまった道を、みんなでなおします。",
        "text": "くま手とスコップは、こちらで用意します。途中で帰ってもかまいません。",
    },
    {
        "title": "親子で聞くピアノの会",
        "slug": "mihon-event-piano",
        "group": None,
        "day": 12,
        "hour": 14,
        "hours": 1,
        "place": "ニコニコこども館",
        "fee": "300円",
        "state": "postponed",
        "change_note": "演奏する人の都合で延期します。新しい日は、決まりしだいこのページでお知らせします",
        "children_access": "yes",
        "children": "0歳から。泣いてもだいじょうぶです",
        "summary": "床にすわって、ピアノを聞きます。",
    },
    {
        "title": "手話をはじめよう",
        "slug": "mihon-event-shuwa",
        "group": "ことばの広場こおりやま",
        "day": 9,
        "hour": 18,
        "hours": 1.5,
        "place": "大槻ふれあいセンター",
        "fee": "500円",
        "capacity": 12,
        "is_full": True,
        "application_way": "phone",
        "apply_by": 7,
        "wheelchair_access": "yes",
        "wheelchair": "入口から会場まで、段差がありません",
        "hearing_access": "yes",
        "hearing": "手話通訳と筆談があります",
        "children_access": "ask",
        "summary": "あいさつと、名前の伝えかたを習います。",
        "text": "聞こえない人が先生です。最後に、となりの人と1分だけ、手話で話します。",
    },
    {
        "title": "小さな作品展",
        "slug": "mihon-event-sakuhin",
        "group": "昔の道具を使う会",
        "day": 4,
        "until": 11,
        "venue_name": CENTRE_ROOM,
        "is_free": True,
        "wheelchair_access": "yes",
        "children_access": "yes",
        "summary": "わら細工、竹かご、糸車でつむいだ毛糸をならべます。",
        "text": "土曜と日曜の午後は、会員が糸車を回しています。さわってもかまいません。",
    },
]

SALONS = [
    {"number": 32, "day": 31, "theme": "会議を短くする", "summary": "1時間で終わる会議のやりかたを話します。"},
]

PAST_SALONS = [
    {"number": 29, "day": -61, "theme": "ちらしの配りかた", "summary": "配った数より、渡した数の話をしました。"},
    {"number": 30, "day": -27, "theme": "世代をこえて", "summary": "学生と、20年続けている人が話しました。"},
]

FESTA = {
    "title": "市民活動交流フェスタ（見本の回）",
    "slug": "mihon-festa",
    "edition": 2,
    "day": 62,
    "hour": 10,
    "hours": 5,
    "place": "中央公民館",
    "is_free": True,
    "summary": "団体が集まって、活動を見せ合います。だれでも、ふらりと来られます。",
    "text": "町で何か始めたい人と、もう始めている人が出会う日です。活動の写真を見て、話を聞いて、その場で申し込めます。",
    "target": "どなたでも",
    "wheelchair_access": "yes",
    "children_access": "yes",
    "children": "工作の机があります",
    "call_opens": 0,
    "call_closes": 30,
    "call_text": "出展する団体を募集します。ブースは机2台分、いす4つです。\n出展料はかかりません。",
    "call_application": "電話か窓口で、団体の名前と、見せたいことをお知らせください。",
    "programme": [
        (10, 0, 10, 20, "はじまりのあいさつ", "ホール", ""),
        (10, 30, 12, 0, "団体の発表（1団体5分）", "ホール", "川、防災、食堂、見守りの4つのテーマで話します。"),
        (13, 0, 14, 30, "お茶とおしゃべり", "和室", "出展した団体と、来た人がまざって話します。"),
        (None, 0, None, 0, "スタンプを集める", "全部のブース", "5つ集めると、しおりがもらえます。"),
    ],
    "exhibitors": [
        ("川とみどりの会", "A-1", "水の色の記録と、川のごみの地図"),
        ("まちの防災ひろば", "A-2", "缶詰で作る防災ごはんの味見"),
        ("おはなしの木", "B-1", "絵本の読み聞かせ（11時・13時）"),
        ("（見本）写真で残す町の会", "B-2", "20年前と今の、同じ場所の写真"),
    ],
}

PAST_FESTA = {
    "title": "市民活動交流フェスタ 前の回（見本）",
    "slug": "mihon-festa-mae",
    "edition": 1,
    "day": -300,
    "hour": 10,
    "hours": 5,
    "place": "中央公民館",
    "is_free": True,
    "summary": "8団体が出展しました。",
    "programme": [(10, 0, 12, 0, "団体の発表", "ホール", ""), (13, 0, 15, 0, "お茶とおしゃべり", "和室", "")],
    "exhibitors": [("川とみどりの会", "A-1", "川の生きもの"), ("ぬくもり食堂", "A-2", "夕ごはんの写真")],
    "report": [
        ("heading", "こんな一日でした"),
        (
            "paragraph",
            "<p>朝から雨でしたが、出展した8団体のブースに人が集まりました。発表のあと、その場で3人が会に入りました。</p>",
        ),
        ("quote", {"text": "となりの町内の人と、はじめて話しました。", "source": "来た人（見本）"}),
        ("paragraph", "<p>次の回では、休む場所をふやします。</p>"),
    ],
}

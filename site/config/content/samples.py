"""Made-up groups, events, grants and notices for a demonstration. Every one of them is shown as 見本.

Days are counted from the day of the demonstration. Places are real facilities of the city; nothing else is.
"""

GROUPS = [
    {"title": "川とみどりの会", "kana": "かわとみどりのかい", "summary": "毎月第4土曜、川べりを歩いてごみを拾い、水の様子を記録しています。", "fields": ["environment", "town"], "areas": ["fukuyama", "centre"], "founded_year": 2009, "member_count": 24, "activity_days": "毎月第4土曜", "is_recruiting": True, "recruiting_text": "軍手とごみ袋は、こちらで用意します。1回だけでも、途中で帰ってもかまいません。"},
    {"title": "おはなしの木", "kana": "おはなしのき", "summary": "図書館と小学校で、絵本を読んでいます。", "fields": ["children", "social-education"], "areas": ["centre"], "founded_year": 2004, "member_count": 15, "activity_days": "毎月第1・第3土曜", "is_recruiting": True, "recruiting_text": "絵本を読む人を募集しています。はじめての人には、3回いっしょに練習します。"},
    {"title": "見守りネットあさか", "kana": "みまもりねっとあさか", "summary": "朝の20分、登下校の道に立っています。", "fields": ["safety", "children"], "areas": ["asaka"], "founded_year": 2012, "member_count": 31, "activity_days": "月〜金の朝", "is_recruiting": True, "recruiting_text": "週に1日からできます。旗と腕章を渡します。"},
    {"title": "ぬくもり食堂", "kana": "ぬくもりしょくどう", "summary": "子どもも大人も、いっしょに夕ごはんを食べる場所です。", "fields": ["children", "welfare"], "areas": ["otsuki"], "founded_year": 2018, "member_count": 12, "activity_days": "毎月第2・第4水曜"},
    {"title": "まちの防災ひろば", "kana": "まちのぼうさいひろば", "kind": "npo", "summary": "家にあるもので作る防災ごはんや、避難の道歩きをしています。", "fields": ["disaster-relief", "safety"], "areas": ["centre", "otsuki"], "founded_year": 2013, "member_count": 18},
    {"title": "昔の道具を使う会", "kana": "むかしのどうぐをつかうかい", "summary": "うすときね、唐みの、糸車。しまってある道具を、もう一度使います。", "fields": ["culture"], "areas": ["otsuki"], "founded_year": 2010, "member_count": 9},
    {"title": "ことばの広場こおりやま", "kana": "ことばのひろばこおりやま", "summary": "外国から来た人と、日本語で話す集まりです。", "fields": ["international", "social-education"], "areas": ["centre"], "founded_year": 2006, "member_count": 27, "activity_days": "毎週木曜の夜"},
    {"title": "ほほえみ体操の会", "kana": "ほほえみたいそうのかい", "summary": "いきいき百歳体操を、毎週いっしょにしています。", "fields": ["welfare"], "areas": ["fukuyama"], "founded_year": 2015, "member_count": 22, "activity_days": "毎週火曜の午前"},
]

BEFORE_LAST_ISSUE = {
    "events": [
        {"title": "まちの写真展", "group": None, "all_day": True, "start": -3, "end": 22, "venue_name": "アシストパーク郡山（西庁舎3階）", "is_free": True, "summary": "町で撮った写真を80枚ならべます。"},
        {"title": "冬のおくりもの音楽会", "group": None, "start": 27, "hour": 14, "hours": 2, "place": "ニコニコこども館", "is_free": True, "hearing": "手話通訳があります", "summary": "子どもから大人まで、いっしょに歌う音楽会です。"},
        {"title": "芋煮で話そう", "group": "ぬくもり食堂", "start": -8, "hour": 11, "hours": 2, "place": "大槻ふれあいセンター", "fee": "200円", "summary": "鍋を囲んで、近所の人と話します。"},
    ],
    "grants": [
        {"title": "福祉の道具そろえ助成", "closes": 53, "amount_upper": 800_000, "applicants": ["npo", "voluntary"], "applicants_text": "福祉の活動を3年以上続けている団体"},
        {"title": "小さな一歩助成", "always": True, "amount_upper": 50_000, "applicants": ["voluntary", "new"], "applicants_text": "これから始める人、3人から"},
    ],
    "calls": [
        {"title": "登下校の見守り、朝の20分", "group": "見守りネットあさか", "summary": "週に1日からできます。"},
    ],
    "announcements": [{"title": "秋の講座の申し込みが始まりました", "summary": "会計と、SNSの講座をひらきます。"}],
}

SINCE_LAST_ISSUE = {
    "events": [
        {"title": "川べりを歩いて、ごみ拾い", "group": "川とみどりの会", "start": 5, "hour": 9, "hours": 2, "place": "21世紀記念公園（麓山の杜）", "is_free": True, "summary": "川べりをゆっくり歩いて、ごみを拾います。"},
        {"title": "百歳体操をやってみる会", "group": "ほほえみ体操の会", "start": 17, "hour": 10, "hours": 1, "place": "富久山総合学習センター", "is_free": True, "wheelchair": "エレベーターがあります", "summary": "おもりを使う、やさしい体操を体験します。"},
        {"title": "昔あそびと紙芝居の一日", "group": "おはなしの木", "start": 20, "hour": 13, "hours": 2, "place": "ニコニコこども館", "is_free": True, "state": "changed", "change_note": "会場がニコニコこども館になりました（前は中央公民館）", "summary": "こま、けん玉、紙芝居。"},
        {"title": "落ち葉でたき火と焼きいも", "group": "川とみどりの会", "start": 6, "hour": 10, "hours": 2, "venue_name": "河川敷の広場", "is_free": True, "state": "cancelled", "change_note": "会場の都合で中止になりました", "summary": "落ち葉を集めて、焼きいもを作ります。"},
    ],
    "lectures": [
        {"title": "はじめての団体会計", "starts": [12, 19, 26], "themes": ["領収書から、帳簿へ", "会費、寄附、補助金を分ける", "総会で読める決算書"], "hour": 13, "minute": 30, "hours": 2, "apply_by": 10, "capacity": 20, "series": "support", "topics": ["accounting"], "speaker_name": "見本 花子（税理士）", "summary": "家計簿がつけられる人なら、だいじょうぶ。"},
        {"title": "会計ソフトを動かしてみる", "starts": [23], "themes": [""], "hour": 10, "minute": 0, "hours": 2, "apply_by": 18, "capacity": 10, "series": "software", "topics": ["accounting-software"], "speaker_name": "", "summary": "NPO法人会計基準に合ったソフトを、いっしょに動かします。"},
    ],
    "salons": [{"title": "市民活動交流サロン お茶の時間", "start": 2, "hour": 10, "hours": 1, "number": 31, "theme": "なかまのふやしかた", "summary": "お茶を飲みながら、なかまのふやしかたを話します。"}],
    "grants": [
        {"title": "地域のつながり助成", "closes": 7, "amount_upper": 300_000, "rate": "費用の4分の3まで", "applicants": ["neighbourhood", "voluntary", "npo"], "applicants_text": "町内会、任意団体、NPO法人。人が集まる場づくり"},
        {"title": "子どもの居場所づくり助成", "closes": 9, "amount_upper": 500_000, "applicants": ["npo", "voluntary"], "applicants_text": "1年以上続いている団体。食堂、学びの場"},
        {"title": "水と緑を守る活動助成", "closes": 25, "amount_upper": 1_000_000, "applicants": ["npo", "voluntary"], "applicants_text": "川、里山、公園の活動"},
    ],
    "calls": [{"title": "絵本を読む人、図書館で月2回", "group": "おはなしの木", "deadline": 27, "summary": "はじめての人には、3回いっしょに練習します。"}],
    "reports": [{"title": "秋の川べり。ごみは4袋、去年の半分", "group": "川とみどりの会", "summary": "10月の記録です。水は去年より澄んでいました。"}],
    "matches": [
        {"title": "団体のホームページを手伝える人", "direction": "wanted", "actor": "voluntary", "resource": "skill", "until": 38, "group": "ことばの広場こおりやま", "summary": "月に1回、予定を書きかえるのを手伝ってください。"},
        {"title": "会議用の机を10台ゆずります", "direction": "offered", "actor": "company", "resource": "things", "until": 30, "group": None, "summary": "折りたたみの机です。取りに来られる団体へ。"},
    ],
}

FESTA = {"title": "市民活動交流フェスタ（見本の回）", "edition": 0, "start": 62, "hour": 10, "hours": 5, "place": "", "summary": "団体が集まって、活動を見せ合います。", "programme": [("10時のあいさつ", 10), ("団体の発表", 11), ("お茶とおしゃべり", 13)]}

MAGAZINE = {"number": 900, "summary": "見本の号です。団体の紹介と、活動の記録。", "articles": [("朝の20分が、まちを変える", "見守りネットあさかの朝に、いっしょに立ってみました。"), ("助成金を3年続けて受けた会に聞く", "報告書は、活動の日記から生まれていました。")]}

NOTICES = [
    # (hours before now at which it was received, kind, title, group, days to the event or deadline, what happened since)
    {"hours": 3, "kind": "event", "title": "冬の星を見る会", "group": "川とみどりの会", "start": 19, "text": "双眼鏡で冬の星を見ます。雨のときは、星の話をします。", "then": "nothing"},
    {"hours": 20, "kind": "call", "title": "夕ごはんを作る人、月2回", "group": "ぬくもり食堂", "start": 40, "text": "子どもたちの夕ごはんを、いっしょに作る人を募集します。", "then": "nothing"},
    {"hours": 26, "kind": "event", "title": "昔の道具で、もちをつく", "group": "昔の道具を使う会", "start": 18, "text": "うすときねで、もちをつきます。子どもも大人も、1回ずつつけます。", "photo": True, "then": "review"},
    {"hours": 44, "kind": "report", "title": "避難の道を歩きました", "group": "まちの防災ひろば", "start": None, "text": "26人で、学校から公民館まで歩きました。", "then": "page"},
    {"hours": 52, "kind": "event", "title": "やさしい日本語で話す夜", "group": "ことばの広場こおりやま", "start": 24, "text": "外国から来た人と、やさしい日本語で話します。", "then": "return"},
    {"hours": 70, "kind": "grant", "title": "町の緑化を助ける基金", "group": "川とみどりの会", "start": 33, "text": "木を植える活動に、費用の半分まで。", "then": "review"},
    {"hours": 98, "kind": "event", "title": "年末の大そうじを手伝う日", "group": "見守りネットあさか", "start": 34, "text": "一人暮らしのお年寄りの家の、窓ふきを手伝います。", "then": "page"},
    {"hours": 120, "kind": "event", "title": "防災ごはんを作ってみよう", "group": "まちの防災ひろば", "start": 13, "text": "家にある缶詰で、あたたかいごはんを作ります。", "pdf": True, "then": "publish"},
    {"hours": 168, "kind": "call", "title": "川の記録をつける人", "group": "川とみどりの会", "start": None, "text": "月に1回、水の色と生きものを書きとめます。", "then": "publish"},
    {"hours": 200, "kind": "match", "title": "紙芝居の台をさがしています", "group": "おはなしの木", "start": 30, "text": "使っていない紙芝居の台はありませんか。", "then": "publish"},
    {"hours": 240, "kind": "event", "title": "商品の説明会", "group": "（見本）個人の方", "start": 15, "text": "新しい健康食品を紹介します。", "then": "decline"},
    {"hours": 290, "kind": "event", "title": "ぬり絵で話す会", "group": "ほほえみ体操の会", "start": 9, "text": "大人のぬり絵をしながら話します。", "then": "withdraw"},
    {"hours": 330, "kind": "report", "title": "食堂が100回になりました", "group": "ぬくもり食堂", "start": None, "text": "のべ2,400人と食べました。", "then": "publish"},
]

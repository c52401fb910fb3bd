"""The centre, the parts of the city, the fields of activity, its equipment, stands, tags and sections.

Source: 第二次郡山市協働推進基本計画 概要版 (郡山市, March 2018) and the city's open data. What the source does not tell
stays empty and is shown as 未確認.
"""

from datetime import date

CENTRE = {
    "nickname": "アシストパーク郡山",
    "nickname_en": "Assist Park Koriyama",
    "nickname_easy": "アシストパークこおりやま",
    "name": "郡山市 市民活動サポートセンター",
    "name_en": "Koriyama City Citizens' Activity Support Center",
    "name_easy": "こおりやまし しみんかつどう サポートセンター",
    "address": "郡山市朝日1-23-7　郡山市役所 西庁舎3階",
    "address_en": "City Hall West Building 3F, 1-23-7 Asahi, Koriyama, Fukushima",
    "address_easy": "郡山市 朝日（あさひ）1-23-7　郡山市役所（こおりやま しやくしょ） 西庁舎（にしちょうしゃ） 3階（3がい）",
    "phone": "024-924-3352",
    "fax": "024-924-3352",
    "latitude": "37.400187",
    "longitude": "140.358236",
    "facts_as_of": "2018年3月の公表資料",
    "city_code": "072036",
    "prefecture": "福島県",
    "city": "郡山市",
    "sender_name": "郡山市 市民活動サポートセンター",
}

FIELDS = [
    ("welfare", "保健・医療・福祉", "Health, medical care and welfare", "けんこう・ふくし"),
    ("social-education", "社会教育", "Social education", "おとなの まなび"),
    ("town", "まちづくり", "Community development", "まちづくり"),
    ("tourism", "観光", "Tourism", "かんこう"),
    ("rural", "農山漁村・中山間地域", "Rural and mountain areas", "いなかの まちづくり"),
    ("culture", "学術・文化・芸術・スポーツ", "Learning, culture, arts and sports", "ぶんか・スポーツ"),
    ("environment", "環境の保全", "Environment", "しぜんを まもる"),
    ("disaster-relief", "災害救援", "Disaster relief", "さいがいの たすけあい"),
    ("safety", "地域安全", "Community safety", "まちの あんぜん"),
    ("human-rights", "人権・平和", "Human rights and peace", "じんけん・へいわ"),
    ("international", "国際協力", "International cooperation", "がいこくとの きょうりょく"),
    ("gender-equality", "男女共同参画", "Gender equality", "だんじょの びょうどう"),
    ("children", "子どもの健全育成", "Sound growth of children", "こどもの そだち"),
    ("information", "情報化社会", "Information society", "パソコン・インターネット"),
    ("science", "科学技術", "Science and technology", "かがく"),
    ("economy", "経済活動の活性化", "Economic activity", "しごとと けいざい"),
    ("employment", "職業能力・雇用", "Vocational skills and employment", "はたらく ちから"),
    ("consumers", "消費者の保護", "Consumer protection", "かいものの あんぜん"),
    ("support", "団体の支援", "Support of groups", "だんたいを たすける"),
    ("ordinance", "条例で定める活動", "Activities set by ordinance", "じょうれいの かつどう"),
]
"""The 20 fields of the NPO law (特定非営利活動促進法 別表), in its order: address part, Japanese, English, easy Japanese."""

AREAS = [
    ("centre", "市の中心部", "City centre", ""),
    ("tomita", "富田", "Tomita", "とみた"),
    ("otsuki", "大槻", "Otsuki", "おおつき"),
    ("asaka", "安積", "Asaka", "あさか"),
    ("mihota", "三穂田", "Mihota", "みほた"),
    ("ose", "逢瀬", "Ose", "おうせ"),
    ("katahira", "片平", "Katahira", "かたひら"),
    ("kikuta", "喜久田", "Kikuta", "きくた"),
    ("hiwada", "日和田", "Hiwada", "ひわだ"),
    ("fukuyama", "富久山", "Fukuyama", "ふくやま"),
    ("konan", "湖南", "Konan", "こなん"),
    ("atami", "熱海", "Atami", "あたみ"),
    ("tamura", "田村", "Tamura", "たむら"),
    ("nishita", "西田", "Nishita", "にした"),
    ("nakata", "中田", "Nakata", "なかた"),
]
AREA_OF_ADDRESS = {name: slug for slug, name, _, _ in AREAS if slug != "centre"}
"""The part of the city by the word that an address begins with; everything else is the centre."""

LECTURE_TOPICS = [
    ("accounting", "会計", "Accounting", "おかねの きろく"),
    ("fundraising", "資金調達", "Fundraising", "おかねを あつめる"),
    ("grants", "助成金", "Grants", "じょせいきん"),
    ("social-media", "SNS", "Social media", "SNS"),
    ("accounting-software", "会計ソフト", "Accounting software", "かいけいソフト"),
]

EQUIPMENT = ["印刷機（輪転機）", "紙折り機", "コピー機", "穴あけパンチ（大）", "製本用ホッチキス（大）", "台車"]

STANDS = [
    ("郡山市役所 西庁舎1階", "", "郡山市役所西庁舎"),
    ("ビッグアイ6階 市民プラザ前", "", "郡山市民サービスセンター"),
    ("その他、各所の情報コーナー", "場所は電話でお確かめください。", ""),
]
"""Name, note, and the facility of the city's open data in the same house, for its place on the map."""

TAGS = ["センターから", "助成金", "講座", "催し", "募集", "団体から", "広報誌"]

SECTIONS = [
    ("センターから", "centre", False, ["センターから"]),
    ("助成金", "lemon", True, ["助成金"]),
    ("講座・催し", "sora", True, ["講座", "催し"]),
    ("募集", "wakakusa", True, ["募集"]),
    ("団体から", "momo", False, ["団体から"]),
    ("広報誌", "shiro", False, ["広報誌"]),
]
"""Name, paper, expected in every issue, and the tags it collects, in the order of the mail."""

TOPICS = [
    ("monthly", "サポートメール（月1回）", "毎月1通、第1火曜日に届きます。"),
    ("extra", "臨時号", "急ぎのお知らせがあるときだけ届きます。"),
]

MAGAZINE_CADENCE = [(3, 1), (6, 1), (9, 1), (12, 1)]
"""First days of March, June, September and December, as in 2018 to 2020."""
MAGAZINE_CADENCE_NOTE = "2018〜2020年に、3月・6月・9月・12月の1日に出ていたことからの目安です。いまの予定は未確認です。"
MAGAZINE_ISSUES = [
    (49, date(2018, 6, 1)),
    (50, date(2018, 9, 1)),
    (51, date(2018, 12, 1)),
    (52, date(2019, 3, 1)),
    (53, date(2019, 6, 1)),
    (54, date(2019, 9, 1)),
    (55, date(2019, 12, 1)),
    (56, date(2020, 3, 1)),
]
"""Numbers and days as published in 2018 to 2020; what stood in them is not known here."""
MAGAZINE_ISSUE_SUMMARY = "号数と発行日は、2018〜2020年に公表された資料によります。中身は、まだここに載せていません。"

CRITERIA = [
    "郡山市の市民や団体による、公益のための活動であること",
    "主催者と問い合わせ先がはっきりしていること",
    "営利、政治、宗教の宣伝を目的としないこと",
    "写真に写っている人の同意があること",
]

FACILITIES_ATTRIBUTION = "郡山市オープンデータ（CC BY 4.0）を加工して作成"

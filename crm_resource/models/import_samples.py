"""Sample rows of the files that companies fill and import, in English and Chinese.

A row of a sample that leaves its first columns empty goes on with what the row before
began: another level of a policy, another product of a competitor.
"""

from typing import NamedTuple


class Named(NamedTuple):
    """A record that every database has, by the name that the reader knows it by."""

    external_id: str


class InDays(NamedTuple):
    """A day, counted from today."""

    days: int


class Reader(NamedTuple):
    """The login of whoever asks for the file."""


class Sample(NamedTuple):
    """What a file for the import of a model consists of."""

    model: str
    columns: tuple
    english: tuple
    chinese: tuple


BRITAIN = Named("base.uk")
CHINA = Named("base.cn")
DOLLAR = Named("base.USD")
INDUSTRY = Named("base.res_partner_industry_C")
TRADE = Named("base.res_partner_industry_G")

CUSTOMERS = Sample(
    "res.partner",
    (
        "id",
        "name",
        "customer_code",
        "street",
        "city",
        "country_id",
        "user_id",
        "phone",
        "email",
        "industry_id",
        "customer_importance",
        "annual_purchasing_power",
    ),
    (
        (
            "customer_k_1001",
            "Harbour Machinery Ltd",
            "K-1001",
            "12 Dock Road",
            "Bristol",
            BRITAIN,
            "",
            "+44 117 496 0123",
            "office@harbour.example",
            INDUSTRY,
            "i",
            750000,
        ),
        (
            "customer_k_1002",
            "Hengda Trading",
            "K-1002",
            "100 Nanjing West Road",
            "Shanghai",
            CHINA,
            "",
            "+86 21 5555 0100",
            "office@hengda.example",
            TRADE,
            "n",
            1200000,
        ),
    ),
    (
        (
            "customer_k_2001",
            "上海恒达贸易有限公司",
            "K-2001",
            "南京西路 100 号",
            "上海",
            CHINA,
            "",
            "+86 21 5555 0100",
            "office@hengda.example",
            TRADE,
            "i",
            1200000,
        ),
        (
            "customer_k_2002",
            "苏州精工机械厂",
            "K-2002",
            "人民路 8 号",
            "苏州",
            CHINA,
            "",
            "+86 512 5555 0200",
            "office@jinggong.example",
            INDUSTRY,
            "n",
            750000,
        ),
    ),
)

CONTACTS = Sample(
    "res.partner",
    (
        "id",
        "name",
        "company_type",
        "parent_id",
        "function",
        "department",
        "phone",
        "crm_mobile",
        "email",
        "gender",
        "birth_calendar",
        "birth_year",
        "birth_month",
        "birth_day",
        "hobbies",
        "special_day_ids/id",
        "special_day_ids/name",
        "special_day_ids/calendar",
        "special_day_ids/month",
        "special_day_ids/day",
    ),
    (
        ("customer_k_1001", "Harbour Machinery Ltd", "company"),
        (
            "contact_1",
            "Helen Carter",
            "person",
            "Harbour Machinery Ltd",
            "Purchasing Manager",
            "Purchasing",
            "+44 117 496 0124",
            "+44 7700 900124",
            "helen@harbour.example",
            "female",
            "solar",
            1984,
            5,
            17,
            "Sailing",
            "contact_1_wedding",
            "Wedding",
            "solar",
            6,
            12,
        ),
        (
            "contact_2",
            "Robert Hill",
            "person",
            "",
            "Consultant",
            "",
            "+44 7700 900125",
            "",
            "robert@hill.example",
            "male",
            "solar",
            "",
            11,
            3,
        ),
    ),
    (
        ("customer_k_2001", "上海恒达贸易有限公司", "company"),
        (
            "contact_3",
            "王丽",
            "person",
            "上海恒达贸易有限公司",
            "采购经理",
            "采购部",
            "+86 21 5555 0101",
            "+86 138 0000 0101",
            "wangli@hengda.example",
            "female",
            "lunar",
            1984,
            8,
            15,
            "书法",
            "contact_3_wedding",
            "结婚纪念日",
            "solar",
            6,
            12,
        ),
        (
            "contact_4",
            "李强",
            "person",
            "",
            "顾问",
            "",
            "+86 138 0000 0102",
            "",
            "liqiang@consult.example",
            "male",
            "solar",
            "",
            11,
            3,
        ),
    ),
)

REGIONS = Sample(
    "crm.resource.region",
    ("id", "name", "kind", "code", "parent_id/id", "country_id", "sequence"),
    (
        ("area_south_west", "South West", "area", "", "", BRITAIN, 10),
        ("area_bristol", "Bristol", "city", "117", "area_south_west", "", 20),
    ),
    (
        ("area_yangtze_delta", "长三角", "area", "", "", CHINA, 10),
        ("area_kunshan", "昆山市", "city", "0512", "area_yangtze_delta", "", 20),
    ),
)

LEVEL_POLICIES = Sample(
    "crm.resource.level.policy",
    (
        "id",
        "name",
        "criterion",
        "period",
        "currency_id",
        "level_ids/id",
        "level_ids/name",
        "level_ids/sequence",
        "level_ids/limit_from",
        "level_ids/limit_to",
        "level_ids/contact_days",
    ),
    (
        (
            "policy_sales",
            "By Sales of the Year",
            "amount",
            "rolling",
            DOLLAR,
            "level_gold",
            "Gold",
            1,
            500000,
            0,
            14,
        ),
        ("", "", "", "", "", "level_silver", "Silver", 2, 100000, 500000, 30),
        ("", "", "", "", "", "level_bronze", "Bronze", 3, 0, 100000, 90),
    ),
    (
        (
            "policy_sales_zh",
            "按年销售额分级",
            "amount",
            "rolling",
            DOLLAR,
            "level_gold_zh",
            "金牌客户",
            1,
            500000,
            0,
            14,
        ),
        ("", "", "", "", "", "level_silver_zh", "银牌客户", 2, 100000, 500000, 30),
        ("", "", "", "", "", "level_bronze_zh", "铜牌客户", 3, 0, 100000, 90),
    ),
)

DICTIONARY = Sample(
    "crm.resource.dictionary",
    ("id", "kind", "name", "sequence", "note"),
    (
        ("type_reseller", "type", "Reseller of the Region", 10, "Buys to sell on"),
        ("stage_trial", "stage", "On Trial", 20, "Uses a sample of ours"),
    ),
    (
        ("type_reseller_zh", "type", "区域经销商", 10, "采购后转售"),
        ("stage_trial_zh", "stage", "试用中", 20, "正在试用样品"),
    ),
)

HOLIDAYS = Sample(
    "crm.resource.holiday",
    ("id", "name", "kind", "month", "day", "sequence"),
    (
        ("holiday_founding", "Day of Our Founding", "solar", 9, 18, 10),
        ("holiday_thanks", "Day of Thanks", "solar", 11, 20, 20),
    ),
    (
        ("holiday_founding_zh", "公司成立纪念日", "solar", 9, 18, 10),
        ("holiday_thanks_zh", "感恩客户日", "lunar", 8, 20, 20),
    ),
)

COMPETITORS = Sample(
    "crm.resource.competitor",
    (
        "id",
        "name",
        "website",
        "country_id",
        "strengths",
        "weaknesses",
        "product_ids/id",
        "product_ids/name",
        "product_ids/kind",
        "product_ids/price",
        "product_ids/currency_id",
        "product_ids/date_price",
    ),
    (
        (
            "competitor_northern",
            "Northern Pumps",
            "https://northern.example",
            BRITAIN,
            "Delivers within a day",
            "No service abroad",
            "competitor_northern_p1",
            "Pump P1",
            "like",
            4200,
            DOLLAR,
            InDays(-30),
        ),
        (
            "",
            "",
            "",
            "",
            "",
            "",
            "competitor_northern_p2",
            "Pump P2",
            "similar",
            5100,
            DOLLAR,
            InDays(-30),
        ),
    ),
    (
        (
            "competitor_beifang",
            "北方泵业",
            "https://beifang.example",
            CHINA,
            "一天内交货",
            "没有海外服务",
            "competitor_beifang_p1",
            "P1 型水泵",
            "like",
            4200,
            DOLLAR,
            InDays(-30),
        ),
        (
            "",
            "",
            "",
            "",
            "",
            "",
            "competitor_beifang_p2",
            "P2 型水泵",
            "similar",
            5100,
            DOLLAR,
            InDays(-30),
        ),
    ),
)

ABSENCES = Sample(
    "crm.resource.absence",
    ("id", "user_id", "date_from", "date_to", "substitute_id", "reason"),
    (
        ("absence_1", Reader(), InDays(30), InDays(34), "", "Trade fair"),
        ("absence_2", Reader(), InDays(60), InDays(60), "", "Training"),
    ),
    (
        ("absence_1_zh", Reader(), InDays(37), InDays(41), "", "参加展会"),
        ("absence_2_zh", Reader(), InDays(67), InDays(67), "", "培训"),
    ),
)

SAMPLES = {
    "customers": CUSTOMERS,
    "contacts": CONTACTS,
    "areas": REGIONS,
    "levels": LEVEL_POLICIES,
    "dictionary": DICTIONARY,
    "holidays": HOLIDAYS,
    "competitors": COMPETITORS,
    "absences": ABSENCES,
}

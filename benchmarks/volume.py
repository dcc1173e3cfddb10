"""The volume of a generated database: rows copied from a template row by SQL.

Chance is a hash of the row's number and of a salt, so it is the same every time.
"""

from odoo.tools import SQL

from . import documents
from .copying import get_last_id, insert_like, without_checks

CHILDREN = 0.15  # contacts of customers, as a share of the customers
HELPED = 0.05  # customers with a collaborator
TABLES = (
    "res_partner",
    "crm_resource_standing",
    "sale_order",
    "sale_order_line",
    "account_move",
    "account_move_line",
    "sale_order_line_invoice_rel",
    "crm_lead",
)
WORDS = {
    "city": "上海 北京 广州 深圳 杭州 南京 成都 武汉 西安 苏州 青岛 大连 厦门 宁波",
    "town": "Berlin London Paris Boston Zurich Malmo Lodz Turin Leiden Bristol Bonn",
    "first_sign": "华 东 瑞 恒 博 天 金 新 中 海 嘉 宏 盛 泰 安 永 德 福 兴 云 顺",
    "second_sign": "达 祥 丰 和 通 源 创 锐 腾 凯 信 诚 邦 利 辉 昌 隆 宇 佳 美",
    "trade": "机械 食品 纺织 医疗 物流 教育 电子 化工 建材 贸易",
    "surname": "王 李 张 刘 陈 杨 黄 赵 吴 周 徐 孙 马 朱 胡 郭 何 林 罗 高",
    "given": "伟 芳 娜 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 超 霞 平 刚 桂英 建国",
    "start": "Kel Mor Bran Tal Ver Nor Sil Dor Han Lux Per Zan Alt Cor Fen Gal Hol Ist",
    "middle": "a e i o u ami eri oli una ito ara eno",
    "end": "ra tek lin mar den vox nis ton ler gard pol sen dyn tor vita",
    "form": "GmbH Ltd Inc SA AB BV AG Group Holding Partners",
    "branch": "Machinery Foods Textiles Medical Logistics Education Electronics",
    "forename": "Anna John Maria Peter Laura Tom Eva Paul Nina Max Julia Erik Sara Leo",
    "family": "Baker Weber Martin Rossi Novak Jansen Moreau Fischer Olsen Clarke Meyer",
}


def fill(env, templates, size, today):
    """Make ``size`` customers and their contacts, orders, invoices and leads.

    :param dict templates: records of :func:`benchmarks.generate.make_templates`
    """
    env.flush_all()
    cr = env.cr
    make_functions(cr)
    with without_checks(cr, TABLES):
        fill_partners(cr, templates, size, today)
        documents.fill_orders(cr, templates, today)
        documents.fill_invoices(cr, templates)
        documents.fill_leads(cr, templates)
        env.invalidate_all()
        env["res.partner"]._refresh_audiences()
    cr.execute(SQL("ANALYZE"))
    env.invalidate_all()


def make_functions(cr):
    """``pick(n, salt, size)`` is a whole number below size, ``chance(n, salt)`` one
    between 0 and 1, ``word(kind, n, salt)`` a word."""
    cr.execute(
        SQL(
            """
            CREATE FUNCTION pg_temp.pick(n bigint, salt int, size int) RETURNS int
            LANGUAGE sql IMMUTABLE AS
            $$ SELECT ((hashint8extended(n, salt) & 2147483647) %% size)::int $$;
            CREATE FUNCTION pg_temp.chance(n bigint, salt int) RETURNS float8
            LANGUAGE sql IMMUTABLE AS
            $$ SELECT (hashint8extended(n, salt) & 2147483647)
                      / 2147483648.0::float8 $$;
            CREATE TEMP TABLE bench_words (kind text, words text[], size int);
            """
        )
    )
    for kind, words in WORDS.items():
        words = words.split()
        cr.execute(
            SQL("INSERT INTO bench_words VALUES (%s, %s, %s)", kind, words, len(words))
        )


def word(kind, salt=1):
    """Return the expression of a word of a kind, chosen by ``n``."""
    return (
        f"(SELECT words[1 + pg_temp.pick(n, {salt}, size)]"
        f" FROM bench_words WHERE kind = '{kind}')"
    )


# ------------------------------------------------------------
# Customers and their contacts
# ------------------------------------------------------------


def fill_partners(cr, templates, size, today):
    """Customers are numbered from 1; ``bench_customer`` tells their ids and owners."""
    _make_references(cr, templates)
    last = get_last_id(cr, "res_partner")
    _make_customers(cr, last, size)
    values = {
        "id": "customer.id",
        "commercial_partner_id": "customer.id",
        "name": "customer.name",
        "complete_name": "customer.name",
        "commercial_company_name": "customer.company_name",
        "is_company": "customer.is_company",
        "customer_state": "'approved'",
        "customer_code": "'C' || LPAD(customer.n::text, 8, '0')",
        "user_id": "customer.user_id",
        "team_id": "customer.team_id",
        "country_id": "customer.country_id",
        "region_id": "customer.region_id",
        "industry_id": "customer.industry_id",
        "city": "customer.city",
        "phone": "customer.phone",
        "phone_sanitized": "REPLACE(customer.phone, ' ', '')",
        "email": "customer.email",
        "email_normalized": "customer.email",
        "vat": "customer.vat",
        "annual_purchasing_power": "(1 + pg_temp.pick(customer.n, 24, 200)) * 10000",
        "customer_rank": "1",
        "date_registered": f"DATE '{today}' - pg_temp.pick(customer.n, 25, 1500)",
    }
    template = templates["partner"].id
    insert_like(cr, "res_partner", template, values, "bench_customer customer")
    _fill_contacts(cr, template, last + size, size)
    _fill_standings(cr)
    _fill_collaborators(cr)


def _make_references(cr, templates):
    """The ids that rows refer to, numbered from 0."""
    cr.execute(
        SQL(
            """
            CREATE TEMP TABLE bench_user AS
            SELECT ROW_NUMBER() OVER (ORDER BY member.user_id) - 1 AS number,
                   member.user_id, member.crm_team_id AS team_id
              FROM crm_team_member member WHERE member.user_id = ANY(%s);
            CREATE TEMP TABLE bench_region AS
            SELECT ROW_NUMBER() OVER (ORDER BY id) - 1 AS number, id
              FROM crm_resource_region WHERE kind = 'province';
            CREATE TEMP TABLE bench_reference AS
            SELECT %s AS countries, %s AS industries;
            CREATE TEMP TABLE bench_product AS
            SELECT ROW_NUMBER() OVER (ORDER BY product.id) - 1 AS number, product.id,
                   ROUND((template.list_price)::numeric, 2) AS price
              FROM product_product product
              JOIN product_template template ON template.id = product.product_tmpl_id
             WHERE product.id = ANY(%s);
            """,
            templates["users"].ids,
            templates["countries"].ids,
            templates["industries"].ids,
            templates["products"].ids,
        )
    )


def _make_customers(cr, last, size):
    """40 % are Chinese, 80 % companies; 45 % never order, the others 1 to 20 times."""
    chinese = "pg_temp.chance(n, 11) < 0.4"
    company = "pg_temp.chance(n, 12) < 0.8"
    brand = f"{word('start')} || {word('middle', salt=2)} || {word('end', salt=3)}"
    sign = f"{word('first_sign')} || {word('second_sign', salt=2)}"
    cr.execute(
        SQL(
            """
            CREATE TEMP TABLE bench_customer AS
            SELECT *, CASE WHEN is_company THEN name END AS company_name FROM (
            SELECT n, %(last)s + n AS id, is_chinese, is_company, city,
                   CASE WHEN is_chinese AND is_company
                        THEN city || sign || %(trade)s || '有限公司'
                        WHEN is_chinese
                        THEN %(surname)s || %(given)s
                        WHEN is_company
                        THEN brand || ' ' || %(branch)s || ' '
                             || %(form)s
                        ELSE %(forename)s || ' ' || %(family)s
                    END AS name,
                   CASE WHEN is_chinese THEN '+86 1' || 30 + pg_temp.pick(n, 31, 69)
                        ELSE '+49 ' || 30 + pg_temp.pick(n, 31, 900) END
                   || ' ' || LPAD(pg_temp.pick(n, 32, 10000)::text, 4, '0')
                   || ' ' || LPAD(pg_temp.pick(n, 33, 10000)::text, 4, '0') AS phone,
                   CASE WHEN is_chinese THEN 'office' ELSE 'info' END || n || '@'
                   || LOWER(brand) || '.example' AS email,
                   CASE WHEN is_chinese THEN '91310' || 1000000000000 + n * 7919
                        ELSE 'DE' || 100000000 + n * 797 END AS vat,
                   bench_user.user_id, bench_user.team_id,
                   countries[CASE WHEN is_chinese THEN 1
                                  ELSE 2 + pg_temp.pick(n, 34, 9) END] AS country_id,
                   industries[1 + pg_temp.pick(n, 35, CARDINALITY(industries))]
                       AS industry_id,
                   CASE WHEN is_chinese THEN bench_region.id END AS region_id,
                   CASE WHEN pg_temp.chance(n, 36) < 0.45 THEN 0
                        ELSE LEAST(20, FLOOR(
                            POWER(1 - pg_temp.chance(n, 37), -1 / 1.15)))::int
                    END AS orders
              FROM (SELECT n, %(chinese)s AS is_chinese, %(company)s AS is_company,
                           CASE WHEN %(chinese)s THEN %(city)s
                                ELSE %(town)s END AS city,
                           %(brand)s AS brand, %(sign)s AS sign
                      FROM GENERATE_SERIES(1, %(size)s::bigint) n) customer
              CROSS JOIN bench_reference
              JOIN bench_user ON bench_user.number = pg_temp.pick(n, 38, 50)
              JOIN bench_region ON bench_region.number = pg_temp.pick(
                   n, 39, (SELECT COUNT(*)::int FROM bench_region))
             ORDER BY n) customer;
            ANALYZE bench_customer
            """,
            last=last,
            size=size,
            trade=SQL(word("trade", salt=4)),
            surname=SQL(word("surname", salt=5)),
            given=SQL(word("given", salt=6)),
            branch=SQL(word("branch", salt=4)),
            form=SQL(word("form", salt=5)),
            forename=SQL(word("forename", salt=5)),
            family=SQL(word("family", salt=6)),
            chinese=SQL(chinese),
            company=SQL(company),
            city=SQL(word("city", salt=7)),
            town=SQL(word("town", salt=7)),
            brand=SQL(brand),
            sign=SQL(sign),
        )
    )


def _fill_contacts(cr, template, last, size):
    """Contacts of companies; no customers themselves."""
    name = (
        f"CASE WHEN is_chinese"
        f" THEN {word('surname', salt=8)} || {word('given', salt=9)}"
        f" ELSE {word('forename', salt=8)} || ' ' || {word('family', salt=9)} END"
    )
    values = {
        "id": f"{last} + contact.number",
        "parent_id": "contact.id",
        "commercial_partner_id": "contact.id",
        "commercial_company_name": "contact.company_name",
        "name": "contact.person",
        "complete_name": "contact.name || ', ' || contact.person",
        "is_company": "FALSE",
        "user_id": "contact.user_id",
        "country_id": "contact.country_id",
        "city": "contact.city",
        "vat": "contact.vat",
        "phone": "contact.phone || '-' || contact.number % 90",
        "email": "'p' || contact.number || '.' || contact.email",
        "email_normalized": "'p' || contact.number || '.' || contact.email",
    }
    source = f"""
        (SELECT ROW_NUMBER() OVER (ORDER BY n) AS number, {name} AS person, customer.*
           FROM bench_customer customer WHERE is_company
            AND pg_temp.chance(n, 41) < {CHILDREN} / 0.8) contact"""
    insert_like(cr, "res_partner", template, values, source)


def _fill_standings(cr):
    """What the addon opens for every customer."""
    cr.execute(
        SQL(
            """
            INSERT INTO crm_resource_standing (partner_id)
            SELECT id FROM bench_customer;
            UPDATE res_partner partner SET standing_id = standing.id
              FROM crm_resource_standing standing
             WHERE standing.partner_id = partner.id
            """
        )
    )


def _fill_collaborators(cr):
    """Half of them edit, half of them only read."""
    cr.execute(
        SQL(
            """
            INSERT INTO crm_resource_collaborator (partner_id, user_id, access)
            SELECT customer.id, helper.user_id,
                   CASE WHEN pg_temp.chance(n, 43) < 0.5 THEN 'edit' ELSE 'read' END
              FROM bench_customer customer
              JOIN bench_user helper ON helper.number = pg_temp.pick(n, 44, 50)
             WHERE pg_temp.chance(n, 42) < %s
            """,
            HELPED,
        )
    )

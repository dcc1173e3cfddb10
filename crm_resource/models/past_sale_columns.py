"""The columns a file of past sales may have, and the names they go by."""

import re

COLUMNS = {
    "document": "invoice, invoice no, invoice nr, invoice number, invoice id, "
    "document, document no, document number, document id, doc no, bill no, "
    "order, order no, order number, order id, order reference, receipt, receipt no, "
    "transaction id, 单号, 单据, 单据号, 单据编号, 单据号码, "
    "订单, 订单号, 订单编号, 发票, "
    "发票号, 发票号码, 发票编号, 销售单号, 出库单号, 票号",
    "date": "date, invoice date, order date, document date, sale date, sales date, "
    "posting date, transaction date, date order, day, 日期, 单据日期, 订单日期, "
    "发票日期, 开票日期, 销售日期, 业务日期, 下单日期, 出库日期, 交易日期, 时间",
    "customer_code": "customer id, customer code, customer no, customer nr, "
    "customer number, customer ref, customer reference, client id, client code, "
    "client no, account no, account number, buyer id, partner id, 客户编号, 客户编码, "
    "客户代码, 客户号, 客户id, 会员号",
    "customer_name": "customer, customer name, client, client name, buyer, buyer name, "
    "partner, partner name, account name, company name, 客户, 客户名称, 客户名, 顾客, "
    "购货单位, 购买方, 购买方名称, 单位名称",
    "product_code": "stock code, product code, product id, product no, item code, "
    "item no, item number, item id, sku, article, article no, article number, "
    "internal reference, default code, part number, 产品编号, 产品编码, 产品代码, "
    "商品编号, 商品编码, 商品代码, 物料编码, 存货编码, 货号, 料号, 品号",
    "name": "description, product, product name, product description, item, item name, "
    "item description, article name, goods, 产品, 产品名称, 商品, 商品名称, 物料名称, "
    "存货名称, 品名, 货品名称, 描述, 说明, 摘要",
    "quantity": "quantity, qty, units, pieces, pcs, count, ordered quantity, "
    "数量, 销售数量, 件数, 实发数量",
    "price_unit": "unit price, price, price unit, unit cost, sales price, price each, "
    "单价, 销售单价, 价格, 含税单价, 未税单价, 不含税单价",
    "amount": "amount, total, line total, subtotal, net, net amount, sales, revenue, "
    "turnover, sales amount, line amount, untaxed amount, value, 金额, 销售金额, "
    "销售额, 总额, 小计, 合计, 不含税金额, 未税金额, 价税合计",
    "currency": "currency, currency code, curr, 币种, 币别, 货币, 币种代码",
    "country": "country, country name, country code, nation, 国家, 国家地区, 国别",
    "salesperson": "salesperson, sales person, salesman, sales rep, "
    "sales representative, seller, user, account manager, employee, 销售员, 业务员, "
    "销售人员, 销售代表, 客户经理, 经办人, 营业员",
    "department": "department, team, sales team, sales department, branch, 部门, "
    "销售部门, 销售团队, 团队, 业务部门",
}
REQUIRED = ("document", "date")
# what a row must have of these is looked at row by row
TEXT_LIMITS = {
    "document": 200,
    "customer_code": 200,
    "customer_name": 250,
    "product_code": 200,
    "name": 2000,
}
# names of countries that lists of countries do not know
COUNTRY_ALIASES = {
    "CHINA, P.R.": "CN",
    "EIRE": "IE",
    "ENGLAND": "GB",
    "GREAT BRITAIN": "GB",
    "HOLLAND": "NL",
    "KOREA": "KR",
    "P.R. CHINA": "CN",
    "PR CHINA": "CN",
    "PRC": "CN",
    "RSA": "ZA",
    "RUSSIA": "RU",
    "UAE": "AE",
    "UK": "GB",
    "USA": "US",
    "U.S.A.": "US",
    "UNITED STATES OF AMERICA": "US",
    "VIET NAM": "VN",
    "中国大陆": "CN",
    "韩国": "KR",
}
NO_COUNTRY = (
    "",
    "-",
    "?",
    "N/A",
    "NA",
    "NONE",
    "NULL",
    "OTHER",
    "UNKNOWN",
    "UNSPECIFIED",
)
CURRENCY_ALIASES = {"RMB": "CNY", "人民币": "CNY", "美元": "USD", "欧元": "EUR"}


def normalise(header):
    """Return the letters and digits of the name of a column.

    >>> normalise("Customer ID"), normalise("invoice_no."), normalise("客户 编号")
    ('customerid', 'invoiceno', '客户编号')
    """
    return re.sub(r"[\W_]+", "", header).lower()


_NAMES = {
    normalise(name): column
    for column, names in COLUMNS.items()
    for name in names.split(", ")
}


def guess_columns(headers, labels=()):
    """Return what the columns of a file hold, as far as their names tell.

    :param list headers: names of the columns
    :param labels: further names of columns: pairs of a name and a key of
        :data:`COLUMNS`, such as the labels in the user's language
    :return: list of keys of :data:`COLUMNS`, False where a name tells nothing

    >>> guess_columns(["InvoiceNo", "InvoiceDate", "Colour", "Invoice"])
    ['document', 'date', False, False]
    """
    names = {**{normalise(name): column for name, column in labels}, **_NAMES}
    found = []
    for header in headers:
        column = names.get(normalise(header), False)
        found.append(column if column not in found else False)
    return found

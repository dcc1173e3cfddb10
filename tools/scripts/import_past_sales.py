"""Runs in Odoo's shell, which knows ``env``, after a line that sets ``given``."""

import base64
import sys

from odoo.exceptions import UserError, ValidationError

FIGURES = {
    "row_count": "rows in the file",
    "line_count": "new lines",
    "known_count": "imported before",
    "refused_count": "refused",
    "new_customer_count": "new customers",
    "new_product_count": "new products",
    "amount_text": "amount",
}

options = given["options"]
if code := given["currency"]:
    currency = env["res.currency"].search([("name", "=", code)])
    if not currency:
        sys.exit(f"{code} is no active currency: activate it in Odoo first.")
    options["currency_id"] = currency.id
try:
    record = env["crm.resource.past.sale.import"]._import_file(
        given["path"], given["columns"], **options
    )
except (UserError, ValidationError, ValueError) as error:
    sys.exit(str(error).replace("\n", " "))
for name, label in FIGURES.items():
    print(f"  {label}: {record[name]}")
for refusal in record.refusal_ids:
    print(f"  {refusal.row_count} refused: {refusal.reason} ({refusal.first_rows})")
if record.refused_file:
    with open(given["refused_path"], "wb") as file:
        file.write(base64.b64decode(record.refused_file))
    print(f"  the refused rows: {given['refused_path']}")

from odoo import fields, models


class ResPartner(models.Model):
    """What the timeline says of its events."""

    _inherit = "res.partner"

    def _format_timeline(self, sources, rows):
        """Return what the page shows of rows, in their order."""
        ids = {}
        for _date, key, res_id in rows:
            ids.setdefault(key, []).append(res_id)
        events = {}
        for key, found in ids.items():
            events.update(self._format_timeline_source(key, sources[key], found))
        return [
            {**event, "date": fields.Datetime.to_string(date)}
            for date, key, res_id in rows
            # a message may be private in spite of its document
            if (event := events.get((key, res_id)))
        ]

    def _format_timeline_source(self, key, source, ids):
        records = self.env[source["model"]].with_context(active_test=False)
        roles = ("title", "text", "user", "amount", "currency")
        names = {role: source.get(f"{role}_field") for role in roles}
        records = records.search_fetch(
            [("id", "in", ids)], list({*filter(None, names.values())} - {"preview"})
        )
        titles = source["get_titles"](records) if source.get("get_titles") else {}
        is_day = records._fields[source["date_field"]].type == "date"
        return {
            (key, record.id): {
                "id": f"{key}-{record.id}",
                "kind": source["kind"],
                "icon": source["icon"],
                "caption": source.get("caption") or source["label"],
                "title": titles.get(record.id) or _get_text(record, names["title"]),
                "text": _get_text(record, names["text"]),
                "user": _get_text(record, names["user"]),
                "amount": names["amount"] and record[names["amount"]],
                "currency_id": names["currency"] and record[names["currency"]].id,
                "is_day": is_day,
                "model": record.model if source.get("document") else record._name,
                "res_id": record.res_id if source.get("document") else record.id,
            }
            for record in records
        }


def _get_text(record, name):
    """Return what is written in a field; the names of others are no secret."""
    value = record[name] if name else False
    if isinstance(value, models.BaseModel):
        # a document shows the names of those it refers to
        value = ", ".join(value.sudo().mapped("display_name"))
    return value or ""

import { Component } from "@odoo/owl";
import { formatDate as formatDay, deserializeDate } from "@web/core/l10n/dates";
import { formatCurrency } from "@web/core/currency";
import { formatFloat } from "@web/core/utils/numbers";

/** Cards of figures, as `_get_page_figures` describes them. */
export class Figures extends Component {
    static template = "crm_resource.Figures";
    static props = {
        figures: { type: Array, element: Object },
        onOpen: { type: Function, optional: true },
    };

    format({ kind, value, currency_id: currency }) {
        if (value === false || value === null || value === "") {
            return "–";
        }
        switch (kind) {
            case "money":
                return formatCurrency(value, currency, {
                    humanReadable: Math.abs(value) >= 1000000,
                });
            case "date":
                return formatDay(deserializeDate(value));
            case "percent":
                return `${formatFloat(value * 100, { digits: [16, 1] })} %`;
            case "number":
                return formatFloat(value, { digits: [16, Number.isInteger(value) ? 0 : 2] });
        }
        return value;
    }

    getTrend({ trend }) {
        if (trend === null || trend === undefined) {
            return null;
        }
        const percent = formatFloat(Math.abs(trend) * 100, { digits: [16, 0] });
        if (trend > 0) {
            return { text: `${percent} %`, class: "text-success", icon: "fa-arrow-up" };
        }
        if (trend < 0) {
            return { text: `${percent} %`, class: "text-danger", icon: "fa-arrow-down" };
        }
        return { text: "0 %", class: "text-muted", icon: "fa-minus" };
    }

    onClick(figure) {
        if (figure.action && this.props.onOpen) {
            this.props.onOpen(figure);
        }
    }
}

import { Component, useState } from "@odoo/owl";
import { formatCurrency } from "@web/core/currency";
import { DateTimeInput } from "@web/core/datetime/datetime_input";
import { deserializeDateTime, serializeDate } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const { DateTime } = luxon;

/** What happened with a customer, newest first. */
export class Timeline extends Component {
    static template = "crm_resource.Timeline";
    static components = { DateTimeInput };
    static props = standardWidgetProps;

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.state = useState({
            cursor: null,
            dateFrom: false,
            dateTo: false,
            events: [],
            isLoading: true,
            kinds: [],
            shown: [],
        });
        // `data` is another object whenever the record is loaded or saved
        useRecordObserver((record) => {
            record.data;
            this.load();
        });
    }

    get days() {
        const days = [];
        for (const event of this.state.events) {
            const moment = deserializeDateTime(event.date);
            const key = moment.toISODate();
            if (days.at(-1)?.key !== key) {
                const month = moment.toFormat("LLLL yyyy");
                const isNewMonth = days.at(-1)?.month !== month;
                days.push({ key, month, isNewMonth, label: this.formatDay(moment), events: [] });
            }
            const time = event.is_day ? "" : moment.toLocaleString(DateTime.TIME_SIMPLE);
            days.at(-1).events.push({ ...event, time });
        }
        return days;
    }

    formatDay(moment) {
        const format = { weekday: "short", day: "numeric", month: "short" };
        if (moment.year !== DateTime.now().year) {
            format.year = "numeric";
        }
        return moment.toLocaleString(format);
    }

    formatAmount(event) {
        return formatCurrency(event.amount, event.currency_id);
    }

    async load(cursor = null) {
        const id = this.props.record.resId;
        if (!id) {
            return;
        }
        this.state.isLoading = true;
        const { shown, dateFrom, dateTo } = this.state;
        const page = await this.keepLast.add(
            this.orm.silent.call("res.partner", "get_timeline", [[id]], {
                kinds: shown.length ? [...shown] : null,
                date_from: dateFrom ? serializeDate(dateFrom) : null,
                date_to: dateTo ? serializeDate(dateTo) : null,
                cursor,
            })
        );
        this.state.events = cursor ? [...this.state.events, ...page.events] : page.events;
        this.state.cursor = page.cursor;
        this.state.kinds = page.kinds;
        this.state.isLoading = false;
    }

    loadMore() {
        return this.load([...this.state.cursor]);
    }

    toggleKind(kind) {
        const { shown } = this.state;
        this.state.shown = shown.includes(kind)
            ? shown.filter((other) => other !== kind)
            : [...shown, kind];
        this.load();
    }

    setPeriod(name, value) {
        this.state[name] = value;
        this.load();
    }

    clear() {
        Object.assign(this.state, { dateFrom: false, dateTo: false, shown: [] });
        this.load();
    }

    canOpen(event) {
        const { resId, resModel } = this.props.record;
        return event.model !== resModel || event.res_id !== resId;
    }

    open(event) {
        if (this.canOpen(event)) {
            this.action.doAction({
                type: "ir.actions.act_window",
                res_model: event.model,
                res_id: event.res_id,
                views: [[false, "form"]],
            });
        }
    }
}

registry.category("view_widgets").add("crm_resource_timeline", { component: Timeline });

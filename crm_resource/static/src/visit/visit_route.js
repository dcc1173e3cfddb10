import { Component, onWillStart, useState } from "@odoo/owl";
import { deserializeDate, deserializeDateTime, serializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatFloat } from "@web/core/utils/numbers";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { getPosition } from "./position";

const MODEL = "crm.resource.visit.route";

/** A short way through the visits of a day: looked at first, then saved. */
export class VisitRoute extends Component {
    static template = "crm_resource.VisitRoute";
    static components = { Layout };
    static props = { ...standardActionServiceProps };
    static displayName = "";

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.state = useState({
            date: false,
            start: null,
            setsTimes: false,
            route: null,
            isBusy: false,
        });
        onWillStart(() => this.load());
    }

    get display() {
        return { controlPanel: {} };
    }

    async load() {
        const { date, start } = this.state;
        this.state.route = await this.orm.call(MODEL, "get_route", [], { date, start });
        this.state.date = this.state.route.date;
    }

    choose(values) {
        Object.assign(this.state, values);
        return this.load();
    }

    onDate(ev) {
        return this.choose({ date: ev.target.value || false });
    }

    shiftDay(days) {
        return this.choose({
            date: serializeDate(deserializeDate(this.state.date).plus({ days })),
        });
    }

    async beginHere() {
        this.state.isBusy = true;
        try {
            const { mode, latitude, longitude } = await getPosition();
            if (mode === "gps") {
                await this.choose({ start: { latitude, longitude } });
            } else {
                this.notification.add(
                    _t("Your device does not say where it is: the route begins at the company."),
                    { type: "warning" }
                );
            }
        } finally {
            this.state.isBusy = false;
        }
    }

    formatDistance(metres) {
        return `${formatFloat(metres / 1000, { digits: [16, 1] })} km`;
    }

    get lengths() {
        const { length, length_before: before } = this.state.route;
        return _t("%(length)s as the crow flies, %(before)s as planned now", {
            length: this.formatDistance(length),
            before: this.formatDistance(before),
        });
    }

    formatTime(row) {
        const moment = this.state.setsTimes ? row.new_start : row.date_start;
        return deserializeDateTime(moment).toLocaleString(luxon.DateTime.TIME_SIMPLE);
    }

    async save() {
        const { date, start, setsTimes } = this.state;
        this.state.isBusy = true;
        try {
            await this.orm.call(MODEL, "save_route", [], {
                date,
                start,
                sets_times: setsTimes,
            });
            await this.load();
            this.notification.add(_t("The order of the visits is saved."), {
                type: "success",
            });
        } finally {
            this.state.isBusy = false;
        }
    }

    openVisit(row) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "crm.resource.visit",
            res_id: row.id,
            views: [[false, "form"]],
        });
    }
}

registry.category("actions").add("crm_resource.visit_route", VisitRoute);

import { Component, markup, onWillStart, useState } from "@odoo/owl";
import { deserializeDateTime, serializeDate, deserializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatFloat } from "@web/core/utils/numbers";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Figures } from "../figures/figures";

const TONES = { checked_in: "info", done: "success", missed: "danger", planned: "secondary" };

/** The visits of a day: of oneself and of one's people, report by report. */
export class VisitDay extends Component {
    static template = "crm_resource.VisitDay";
    static components = { Figures, Layout };
    static props = { ...standardActionServiceProps };
    static displayName = "";

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.ui = useService("ui");
        this.state = useState({
            date: false,
            userId: false,
            kind: false,
            people: [],
            figures: [],
            rows: [],
            hasMore: false,
            openId: false,
            comment: "",
            isBusy: false,
        });
        onWillStart(() => this.load());
    }

    get display() {
        return { controlPanel: {} };
    }

    get open() {
        return this.state.rows.find((row) => row.id === this.state.openId);
    }

    get position() {
        return this.state.rows.findIndex((row) => row.id === this.state.openId);
    }

    get isListShown() {
        return !this.ui.isSmall || !this.open;
    }

    async load() {
        const { date, userId, kind } = this.state;
        const day = await this.orm.call("crm.resource.visit.day", "get_day", [], {
            date,
            user_id: userId,
            kind,
        });
        // the person may have asked for another day meanwhile
        const { state } = this;
        if (date !== state.date || userId !== state.userId || kind !== state.kind) {
            return;
        }
        Object.assign(state, {
            date: day.date,
            people: day.people,
            figures: day.figures,
            rows: day.rows.map((row) => ({ ...row, report: markup(row.report) })),
            hasMore: day.has_more,
        });
        if (!this.open) {
            state.openId = !this.ui.isSmall && day.rows.length ? day.rows[0].id : false;
        }
    }

    async choose(values) {
        Object.assign(this.state, values);
        await this.load();
    }

    onDate(ev) {
        return this.choose({ date: ev.target.value || false });
    }

    shiftDay(days) {
        const day = deserializeDate(this.state.date).plus({ days });
        return this.choose({ date: serializeDate(day) });
    }

    onPerson(ev) {
        return this.choose({ userId: parseInt(ev.target.value) || false });
    }

    onFigure({ action }) {
        return this.choose({ kind: action === this.state.kind ? false : action });
    }

    show(row) {
        Object.assign(this.state, { openId: row ? row.id : false, comment: "" });
    }

    step(by) {
        const row = this.state.rows[this.position + by];
        if (row) {
            this.show(row);
        }
    }

    getTone(row) {
        return TONES[row.state] || "light";
    }

    formatTimes(row) {
        return [row.date_start, row.date_end]
            .map((moment) =>
                deserializeDateTime(moment).toLocaleString(luxon.DateTime.TIME_SIMPLE)
            )
            .join(" – ");
    }

    getFarness({ is_far: isFar, distance: metres }) {
        const distance =
            metres >= 1000
                ? `${formatFloat(metres / 1000, { digits: [16, 1] })} km`
                : `${formatFloat(metres, { digits: [16, 0] })} m`;
        return isFar
            ? _t("Far away: %(distance)s", { distance })
            : _t("%(distance)s from the customer", { distance });
    }

    openForm(row) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "crm.resource.visit",
            res_id: row.id,
            views: [[false, "form"]],
        });
    }

    async comment() {
        const row = this.open;
        this.state.isBusy = true;
        try {
            await this.orm.call("crm.resource.visit", "action_comment", [
                [row.id],
                this.state.comment,
            ]);
            this.state.comment = "";
            await this.load();
        } finally {
            this.state.isBusy = false;
        }
    }
}

registry.category("actions").add("crm_resource.visit_day", VisitDay);

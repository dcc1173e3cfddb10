import { Component, onWillStart, useState } from "@odoo/owl";
import { deserializeDate, deserializeDateTime, formatDate } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Figures } from "../figures/figures";

/** What a person has to do today, block by block. */
export class StartPage extends Component {
    static template = "crm_resource.StartPage";
    static components = { Figures, Layout };
    static props = { ...standardActionServiceProps };
    static displayName = "";

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ blocks: [] });
        onWillStart(async () => {
            const blocks = await this.orm.call("crm.resource.start", "get_blocks", []);
            this.state.blocks = blocks.map((block) => ({ ...block, content: null }));
            // each comes when it is there
            this.load();
        });
    }

    get display() {
        return { controlPanel: {} };
    }

    load() {
        return Promise.all(this.state.blocks.map((block) => this.loadBlock(block)));
    }

    async loadBlock(block) {
        try {
            block.content = await this.orm.silent.call("crm.resource.start", "get_block", [
                block.key,
            ]);
        } catch (error) {
            block.content = { rows: [], figures: [], count: 0, has_more: false, hasFailed: true };
            throw error;
        }
    }

    isEmpty({ rows, figures, hasFailed }) {
        return !hasFailed && !rows.length && !figures.length;
    }

    formatDate(row) {
        if (row.is_day) {
            return formatDate(deserializeDate(row.date));
        }
        const moment = deserializeDateTime(row.date);
        return row.is_time
            ? moment.toLocaleString(luxon.DateTime.TIME_SIMPLE)
            : formatDate(moment);
    }

    openRow(row) {
        const id = row.res_id ?? row.id;
        if (row.model && id) {
            this.action.doAction({
                type: "ir.actions.act_window",
                res_model: row.model,
                res_id: id,
                views: [[false, "form"]],
            });
        }
    }

    openBlock(block) {
        if (block.action) {
            this.action.doAction(block.action, { additionalContext: block.context || {} });
        }
    }

    logCall(row) {
        this.action.doActionButton({
            type: "object",
            name: "action_log_call",
            resModel: "res.partner",
            resId: row.partner_id,
            onClose: () => this.load(),
        });
    }
}

registry.category("actions").add("crm_resource.start", StartPage);

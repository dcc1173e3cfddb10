import { Component, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { getPosition } from "./position";

/** The button that checks in or out of a visit, and asks where the person is. */
export class VisitCheck extends Component {
    static template = "crm_resource.VisitCheck";
    static props = { ...standardWidgetProps, isSmall: { type: Boolean, optional: true } };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ isBusy: false });
    }

    get step() {
        const { state, is_actor: isActor, is_on_site: isOnSite } = this.props.record.data;
        if (!this.props.record.resId || !isActor) {
            return null;
        }
        if (state === "checked_in") {
            return "out";
        }
        return isOnSite && ["planned", "missed"].includes(state) ? "in" : null;
    }

    async check() {
        const { record } = this.props;
        const method = this.step === "in" ? "action_check_in" : "action_check_out";
        this.state.isBusy = true;
        try {
            if (await record.save()) {
                const position = await getPosition();
                await this.orm.call(record.resModel, method, [[record.resId]], { position });
                await record.model.load();
            }
        } finally {
            this.state.isBusy = false;
        }
    }
}

registry.category("view_widgets").add("crm_resource_visit_check", {
    component: VisitCheck,
    extractProps: ({ attrs }) => ({ isSmall: attrs.size === "small" }),
    fieldDependencies: [
        { name: "state", type: "selection" },
        { name: "is_actor", type: "boolean" },
        { name: "is_on_site", type: "boolean" },
    ],
});

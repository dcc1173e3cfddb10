import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Figures } from "./figures";

/** The figures on top of a customer's page. */
export class FiguresField extends Component {
    static template = "crm_resource.FiguresField";
    static components = { Figures };
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
    }

    get figures() {
        return this.props.record.data[this.props.name] || [];
    }

    open(figure) {
        const { resId, resModel } = this.props.record;
        return this.action.doActionButton({
            type: "object",
            name: figure.action,
            resId,
            resModel,
        });
    }
}

registry.category("fields").add("crm_resource_figures", {
    component: FiguresField,
    supportedTypes: ["json"],
});

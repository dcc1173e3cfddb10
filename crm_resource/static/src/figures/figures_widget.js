import { Component, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { Figures } from "./figures";

/** The figures on top of a customer's page. */
export class FiguresWidget extends Component {
    static template = "crm_resource.FiguresWidget";
    static components = { Figures };
    static props = standardWidgetProps;

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ figures: [] });
        // `data` is another object whenever the record is loaded or saved
        useRecordObserver((record) => {
            record.data;
            this.load(record.resId);
        });
    }

    async load(id) {
        const figures = id
            ? await this.orm.silent.call("res.partner", "get_page_figures", [[id]])
            : [];
        // the person may have gone on to the next customer meanwhile
        if (id === this.props.record.resId) {
            this.state.figures = figures;
        }
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

registry.category("view_widgets").add("crm_resource_figures", {
    component: FiguresWidget,
});

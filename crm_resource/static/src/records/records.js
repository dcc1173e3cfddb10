import { Component, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { View } from "@web/views/view";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/**
 * The records of another model that are about a partner, as a list on a tab of his form:
 * unlike those of a field, they are read only when somebody opens the tab.
 */
export class Records extends Component {
    static template = "crm_resource.Records";
    static components = { View };
    static props = { ...standardWidgetProps, resModel: String };

    setup() {
        this.state = useState({ loads: 0 });
        // `data` is another object whenever the record is loaded or saved
        useRecordObserver((record) => {
            record.data;
            this.state.loads++;
        });
    }

    get viewProps() {
        return {
            allowSelectors: false,
            context: { is_of_partner: true },
            createRecord: () => {},
            display: { controlPanel: false },
            domain: [["partner_id", "=", this.props.record.resId]],
            loadIrFilters: false,
            resModel: this.props.resModel,
            selectRecord: () => {},
            type: "list",
            // not those of the form around it
            views: [[false, "list"]],
        };
    }
}

registry.category("view_widgets").add("crm_resource_records", {
    component: Records,
    extractProps: ({ attrs }) => ({ resModel: attrs.model }),
});

import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { View } from "@web/views/view";
import { FormViewDialog } from "@web/views/view_dialogs/form_view_dialog";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/**
 * The records of another model that are about a partner, or about what `inverse` names, as
 * a list on a tab of its form: unlike those of a field, they are read only when somebody
 * opens the tab. What people edit opens in a dialog, and is saved at once.
 */
export class Records extends Component {
    static template = "crm_resource.Records";
    static components = { View };
    static props = {
        ...standardWidgetProps,
        inverse: { type: String, optional: true },
        isEditable: Boolean,
        resModel: String,
    };
    static defaultProps = { inverse: "partner_id" };

    setup() {
        this.dialog = useService("dialog");
        this.orm = useService("orm");
        this.state = useState({ loads: 0 });
        this.rights = {};
        // `data` is another object whenever the record is loaded or saved
        useRecordObserver((record) => {
            record.data;
            this.state.loads++;
        });
        onWillStart(async () => {
            if (this.props.isEditable) {
                for (const operation of ["create", "write", "unlink"]) {
                    this.rights[operation] = await user.checkAccessRight(
                        this.props.resModel,
                        operation
                    );
                }
            }
        });
    }

    get context() {
        return { [`is_of_${this.props.inverse.replace(/_id$/, "")}`]: true };
    }

    get canCreate() {
        return this.rights.create && !this.props.readonly;
    }

    get viewProps() {
        return {
            allowSelectors: false,
            context: this.context,
            createRecord: () => {},
            display: { controlPanel: false },
            domain: [[this.props.inverse, "=", this.props.record.resId]],
            loadIrFilters: false,
            resModel: this.props.resModel,
            selectRecord: (id) => {
                if (this.props.isEditable) {
                    this.open(id);
                }
            },
            type: "list",
            // not those of the form around it
            views: [[false, "list"]],
        };
    }

    onReload() {
        this.state.loads++;
    }

    open(resId) {
        const { inverse, readonly, record, resModel } = this.props;
        const reload = () => this.onReload();
        this.dialog.add(FormViewDialog, {
            canExpand: false,
            context: { ...this.context, [`default_${inverse}`]: record.resId },
            onRecordSaved: reload,
            preventEdit: readonly || !this.rights.write,
            readonly: readonly || !this.rights.write,
            removeRecord:
                resId && !readonly && this.rights.unlink
                    ? () => this.orm.unlink(resModel, [resId]).then(reload)
                    : undefined,
            resId,
            resModel,
            title: resId ? _t("Edit") : _t("Add"),
        });
    }
}

registry.category("view_widgets").add("crm_resource_records", {
    component: Records,
    extractProps: ({ attrs }) => ({
        inverse: attrs.inverse,
        isEditable: Boolean(attrs.editable),
        resModel: attrs.model,
    }),
});

import { Component, onPatched, useRef } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { COLUMNS } from "./target_figures";

/** A row of the grid of targets. */
export class TargetRow extends Component {
    static template = "crm_resource.TargetRow";
    static props = {
        row: Object,
        shown: String,
        editColumn: Number, // -1: none
        editText: String,
        isFolded: Boolean,
        format: Function,
        onToggle: Function,
    };

    setup() {
        this.columns = COLUMNS;
        this.input = useRef("input");
        onPatched(() => {
            if (this.input.el && document.activeElement !== this.input.el) {
                this.input.el.focus();
                this.input.el.setSelectionRange(999, 999);
            }
        });
    }

    getText(cell) {
        if (cell.shown !== null) {
            return this.props.format(cell.shown);
        }
        return cell.below === null ? "–" : this.props.format(cell.below);
    }

    getClass(cell) {
        return {
            "o_crm_resource_sum fw-bold": cell.isSum,
            o_crm_resource_editable: cell.isEditable,
            o_crm_resource_closed: cell.isClosed,
            "o_crm_resource_edited": cell.isEdited,
            "text-muted fst-italic": cell.shown === null,
            "table-warning": cell.isMismatch,
            "text-danger": cell.isBehind && this.props.shown !== "stretch",
        };
    }

    getTitle(cell) {
        const { target, due, achieved, forecast } = cell.amounts;
        const { format } = this.props;
        const parts = [];
        if (cell.isMismatch) {
            parts.push(_t("Those below have %s together", format(cell.below)));
        } else if (cell.shown === null && cell.below !== null) {
            parts.push(_t("Not set; those below have this much together"));
        }
        if (cell.isPart) {
            parts.push(_t("Of this, %s counts: the person is there for a part of it", format(target)));
        }
        if (this.props.row.achieved && cell.amounts.isSet) {
            parts.push(_t("Target %(target)s, due today %(due)s, achieved %(achieved)s, forecast %(forecast)s", {
                target: format(target),
                due: format(due),
                achieved: format(achieved),
                forecast: format(forecast),
            }));
        }
        return parts.join("\n");
    }
}

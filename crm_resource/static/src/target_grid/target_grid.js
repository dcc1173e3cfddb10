import { Component, onWillStart, useEffect, useExternalListener, useRef, useState } from "@odoo/owl";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { deserializeDate } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatFloat } from "@web/core/utils/numbers";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { parseFloat } from "@web/views/fields/parsers";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { COLUMNS, computeRows, getKey, readCells } from "./target_figures";
import { TargetRow } from "./target_row";

const MODEL = "crm.resource.target";
const ARROWS = {
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
};

/** A year of targets: who in rows, months in columns, sums and what does not fit live. */
export class TargetGrid extends Component {
    static template = "crm_resource.TargetGrid";
    static components = { Layout, TargetRow };
    static props = { ...standardActionServiceProps };
    static displayName = "";

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.ui = useService("ui");
        this.table = useRef("table");
        this.columns = COLUMNS;
        this.format = this.format.bind(this);
        this.toggle = this.toggle.bind(this);
        this.edits = {};
        this.state = useState({
            year: new Date().getFullYear(),
            measure: "sales",
            shown: "target",
            filter: "all",
            rows: [],
            folded: {},
            editing: { key: false, column: -1, text: "" },
            editCount: 0,
            isBusy: false,
        });
        useSetupAction({ beforeLeave: () => this.confirmLeaving() });
        useExternalListener(window, "beforeunload", (ev) => this.isDirty && ev.preventDefault());
        useEffect(
            () => this.focusAfterEditing(),
            () => [this.state.editing.key, this.state.editing.column]
        );
        onWillStart(() => this.load());
    }

    get display() {
        return { controlPanel: {} };
    }

    get isDirty() {
        return this.state.editCount > 0;
    }

    get shownChoices() {
        return [
            ["target", _t("Target")],
            ["stretch", _t("Stretch")],
            ["achieved", _t("Achieved")],
            ["shortage", _t("Shortage")],
        ];
    }

    get filterChoices() {
        return [
            ["all", _t("All Rows")],
            ["isNotSet", _t("Not Set")],
            ["isMismatch", _t("Mismatch")],
            ["isBehind", _t("Behind")],
        ];
    }

    // ------------------------------------------------------------
    // Reading
    // ------------------------------------------------------------

    async load() {
        await this.fetch(false);
        // what documents say takes longer: the targets do not wait for it
        this.fetch(true);
    }

    async fetch(hasResults) {
        const { year, measure } = this.state;
        const grid = await this.orm.silent.call(MODEL, "get_grid", [year, measure, hasResults]);
        if (year === this.state.year && measure === this.state.measure) {
            this.grid = grid;
            this.compute();
        }
    }

    compute() {
        this.state.rows = computeRows(this.grid, this.state.shown, this.edits);
        this.state.editCount = Object.keys(this.edits).length;
    }

    /** The rows that are shown, without what is folded and filtered away. */
    get visibleRows() {
        const { rows, filter, folded } = this.state;
        if (filter !== "all") {
            return rows.filter((row) => row[filter]);
        }
        const hidden = new Set();
        return rows.filter((row) => {
            const isHidden = hidden.has(row.parent);
            if (isHidden || folded[row.key]) {
                hidden.add(row.key);
            }
            return !isHidden;
        });
    }

    format(value) {
        const digits = Number.isInteger(value) ? 0 : 2;
        return formatFloat(value, { digits: [16, digits] });
    }

    getHead(column) {
        if (column.sum) {
            return column.number ? _t("Q%s", column.number) : this.grid.year;
        }
        const date = deserializeDate(this.grid.months[column.month].date);
        return date.toLocaleString({ month: "short" });
    }

    // ------------------------------------------------------------
    // Choosing
    // ------------------------------------------------------------

    choose(values) {
        Object.assign(this.state, values);
        return this.load();
    }

    show(shown) {
        this.state.shown = shown;
        this.compute();
    }

    toggle(row) {
        this.state.folded[row.key] = !this.state.folded[row.key];
    }

    openDialog(name, context = {}) {
        const { year, measure } = this.state;
        return this.action.doAction(`crm_resource.${name}`, {
            additionalContext: { default_year: year, default_measure: measure, ...context },
            onClose: () => this.load(),
        });
    }

    openChanges() {
        const { year, measure } = this.state;
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: _t("Changes of Targets"),
            res_model: "crm.resource.target.change",
            views: [[false, "list"]],
            domain: [
                ["date", ">=", `${year}-01-01`],
                ["date", "<=", `${year}-12-31`],
                ["measure", "=", measure],
            ],
        });
    }

    export() {
        const { year, measure } = this.state;
        return this.action.doAction({
            type: "ir.actions.act_url",
            url: `/crm_resource/targets/${year}/${measure}`,
            target: "download",
        });
    }

    clickMonth(column) {
        const month = this.grid.months[column.month];
        if (month.is_closed && this.grid.may_reopen) {
            return this.action.doActionButton({
                type: "object",
                name: "action_reopen",
                resModel: "crm.resource.target.month",
                resId: month.id,
                onClose: () => this.load(),
            });
        }
        this.dialog.add(ConfirmationDialog, {
            title: _t("Close the Month"),
            body: _t(
                "Its targets and what was achieved then stay as they are. Only an administrator reopens it."
            ),
            confirmLabel: _t("Close the Month"),
            confirm: async () => {
                await this.orm.call("crm.resource.target.month", "close_month", [month.date]);
                await this.load();
            },
            cancel: () => {},
        });
    }

    getMonthTitle(column) {
        return this.grid.months[column.month].is_closed
            ? _t("Reopen the Month")
            : _t("Close the Month");
    }

    isMonthButton(column) {
        const month = this.grid.months[column.month];
        return month.is_closed ? this.grid.may_reopen : month.is_over && this.grid.may_close;
    }

    // ------------------------------------------------------------
    // Moving and typing
    // ------------------------------------------------------------

    /** Where an event happens: a row and a column, or null. */
    getPlace(ev) {
        const cell = ev.target.closest("td[data-column]");
        const row = cell && this.state.rows.find((row) => row.key === cell.dataset.key);
        return row ? { row, column: Number(cell.dataset.column), el: cell } : null;
    }

    focusCell(key, column) {
        const selector = `td[data-key="${key}"][data-column="${column}"]`;
        this.table.el?.querySelector(selector)?.focus();
    }

    focusAfterEditing() {
        if (!this.state.editing.key && this.next) {
            this.focusCell(...this.next);
            this.next = null;
        }
    }

    /** The cell some rows and columns away, sums left out; null at the edge. */
    getNeighbour(place, rowStep, columnStep) {
        const rows = this.visibleRows.filter((row) => row.cells.length);
        const index = rows.findIndex((row) => row.key === place.row.key) + rowStep;
        let column = place.column + columnStep;
        while (columnStep && COLUMNS[column]?.months) {
            column += columnStep;
        }
        return rows[index] && COLUMNS[column] ? [rows[index].key, column] : null;
    }

    startEditing(place, text) {
        const cell = place.row.cells[place.column];
        if (cell.isEditable) {
            const value = cell.shown === null ? "" : this.format(cell.shown);
            this.state.editing = {
                key: place.row.key,
                column: place.column,
                text: text ?? value,
            };
        }
    }

    /** Take over what was typed, and go on to another cell. */
    stopEditing(place, text, next) {
        this.next = next || [place.row.key, place.column];
        this.state.editing = { key: false, column: -1, text: "" };
        if (text === null) {
            return;
        }
        try {
            const value = text.trim() ? parseFloat(text.trim()) : null;
            this.setCells([[place.row, place.column, value]]);
        } catch {
            this.notification.add(_t("“%s” is no number.", text), { type: "danger" });
        }
    }

    /** Put values into cells; those that are not changed here are left out. */
    setCells(cells) {
        let refused = 0;
        for (const [row, column, value] of cells) {
            if (!row.cells[column]?.isEditable) {
                refused++;
                continue;
            }
            const { month } = COLUMNS[column];
            const key = getKey(row, month, this.state.shown);
            const before = row[this.state.shown][month];
            // the stretch knows none: nothing is hoped for
            if (value === before || (this.state.shown === "stretch" && !value && !before)) {
                delete this.edits[key];
            } else {
                this.edits[key] = value;
            }
        }
        if (refused) {
            this.notification.add(
                _t("%s cells are left as they are: their month is closed, or others set them.", refused),
                { type: "warning" }
            );
        }
        this.compute();
    }

    onClick(ev) {
        const place = this.getPlace(ev);
        if (place && ev.target.tagName !== "INPUT") {
            if (this.ui.isSmall) {
                this.startEditing(place);
            } else {
                place.el.focus();
            }
        }
    }

    onDblclick(ev) {
        const place = this.getPlace(ev);
        if (place && ev.target.tagName !== "INPUT") {
            this.startEditing(place);
        }
    }

    onKeydown(ev) {
        const place = this.getPlace(ev);
        if (!place || ev.isComposing) {
            return;
        }
        if (ev.target.tagName === "INPUT") {
            this.onInputKeydown(ev, place);
        } else if (ev.key in ARROWS) {
            ev.preventDefault();
            const next = this.getNeighbour(place, ...ARROWS[ev.key]);
            if (next) {
                this.focusCell(...next);
            }
        } else if (ev.key === "Enter" || ev.key === "F2") {
            ev.preventDefault();
            this.startEditing(place);
        } else if (ev.key === "Delete" || ev.key === "Backspace") {
            ev.preventDefault();
            this.setCells([[place.row, place.column, null]]);
        } else if (/^[\d.,]$/.test(ev.key) && !ev.ctrlKey && !ev.metaKey && !ev.altKey) {
            ev.preventDefault();
            this.startEditing(place, ev.key);
        }
    }

    onInputKeydown(ev, place) {
        const steps = {
            Enter: [ev.shiftKey ? -1 : 1, 0],
            Tab: [0, ev.shiftKey ? -1 : 1],
            ArrowUp: [-1, 0],
            ArrowDown: [1, 0],
        };
        if (ev.key in steps) {
            ev.preventDefault();
            const next = this.getNeighbour(place, ...steps[ev.key]);
            this.stopEditing(place, ev.target.value, next);
        } else if (ev.key === "Escape") {
            ev.preventDefault();
            ev.stopPropagation();
            this.stopEditing(place, null);
        }
    }

    onFocusout(ev) {
        const place = this.getPlace(ev);
        const { editing } = this.state;
        if (place && ev.target.tagName === "INPUT" && editing.key === place.row.key) {
            this.stopEditing(place, ev.target.value);
            this.next = null;
        }
    }

    onPaste(ev) {
        const place = this.getPlace(ev);
        const text = ev.clipboardData?.getData("text/plain") || "";
        if (!place || (ev.target.tagName === "INPUT" && !/[\t\n]/.test(text.trim()))) {
            return;
        }
        ev.preventDefault();
        let table;
        try {
            table = readCells(text, parseFloat);
        } catch (error) {
            this.notification.add(
                _t("Nothing is pasted: %s", error.message),
                { type: "danger" }
            );
            return;
        }
        if (this.state.editing.key) {
            this.stopEditing(place, null);
        }
        const rows = this.visibleRows.filter((row) => row.cells.length);
        const top = rows.findIndex((row) => row.key === place.row.key);
        const months = COLUMNS.map((column, index) => index).filter(
            (index) => index >= place.column && !COLUMNS[index].months
        );
        const cells = [];
        table.forEach((line, down) =>
            line.forEach((value, right) => {
                if (rows[top + down] && months[right] !== undefined) {
                    cells.push([rows[top + down], months[right], value]);
                }
            })
        );
        this.setCells(cells);
    }

    // ------------------------------------------------------------
    // Saving
    // ------------------------------------------------------------

    async save() {
        const rows = Object.fromEntries(this.grid.rows.map((row) => [row.key, row]));
        const cells = Object.entries(this.edits).map(([key, value]) => {
            const [rowKey, month, figure] = key.split("|");
            const { team_id, user_id } = rows[rowKey];
            return { team_id, user_id, month: Number(month) + 1, figure, value };
        });
        this.state.isBusy = true;
        try {
            await this.orm.call(MODEL, "set_targets", [this.state.year, this.state.measure, cells]);
            this.edits = {};
            await this.load();
        } finally {
            this.state.isBusy = false;
        }
    }

    discard() {
        this.edits = {};
        this.compute();
    }

    confirmLeaving() {
        if (!this.isDirty) {
            return true;
        }
        return new Promise((resolve) => {
            this.dialog.add(ConfirmationDialog, {
                body: _t("What you typed is not saved yet. Leave the page without it?"),
                confirmLabel: _t("Leave"),
                confirm: () => resolve(true),
                cancel: () => resolve(false),
            });
        });
    }
}

registry.category("actions").add("crm_resource.target_grid", TargetGrid);

import { useState } from "@odoo/owl";
import { Records } from "@crm_resource/records/records";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { imageUrl } from "@web/core/utils/urls";
import { useRecordObserver } from "@web/model/relational_model/utils";

import { BOX, arrange } from "./decision_layout";

const MODEL = "crm.resource.stakeholder";
const FIELDS = [
    "attitude",
    "commercial_partner_id",
    "function",
    "influence",
    "name",
    "note",
    "parent_id",
    "partner_id",
    "role",
    "user_id",
];
const COLORS = {
    champion: "success",
    supporter: "info",
    neutral: "secondary",
    opponent: "danger",
    unknown: "light",
};

/**
 * The decision map of an opportunity as a picture: who reports to whom, who decides, and
 * what they think of us. A click opens a box; who is dragged onto somebody reports to him.
 */
export class DecisionMap extends Records {
    static template = "crm_resource.DecisionMap";

    setup() {
        super.setup();
        this.map = useState({ dragged: false, people: [], target: false });
        this.labels = {};
        useRecordObserver((record) => {
            record.data;
            this.load();
        });
    }

    get attitudes() {
        return Object.entries(this.labels.attitude || {}).map(([value, label]) => ({
            color: COLORS[value],
            label,
            value,
        }));
    }

    get canDrag() {
        return this.rights.write && !this.props.readonly;
    }

    get layout() {
        return arrange(this.map.people);
    }

    async load() {
        const leadId = this.props.record.resId;
        if (!leadId) {
            return;
        }
        const [fields, rows] = await Promise.all([
            this.orm.cache().call(MODEL, "fields_get", [], {
                allfields: ["attitude", "role", "influence"],
                attributes: ["selection"],
            }),
            this.orm.searchRead(MODEL, [["lead_id", "=", leadId]], FIELDS),
        ]);
        for (const name of ["attitude", "influence", "role"]) {
            this.labels[name] = Object.fromEntries(fields[name].selection);
        }
        this.map.people = rows.map((row) => ({
            id: row.id,
            attitude: row.attitude,
            color: COLORS[row.attitude],
            company: row.commercial_partner_id[1],
            func: row.function,
            influence: Number(row.influence),
            name: row.name,
            note: row.note,
            parentId: row.parent_id && row.parent_id[0],
            picture: imageUrl("res.partner", row.partner_id[0], "avatar_128"),
            role: this.labels.role[row.role],
            user: row.user_id && row.user_id[1],
            userPicture: row.user_id && imageUrl("res.users", row.user_id[0], "avatar_128"),
        }));
    }

    getBoxStyle(person) {
        const { x, y } = this.layout.boxes[person.id];
        return `left: ${x}px; top: ${y}px; width: ${BOX.width}px; height: ${BOX.height}px`;
    }

    getDescription(person) {
        const parts = [
            person.name,
            person.company,
            person.role,
            _t("Influence: %s", this.labels.influence[person.influence]),
            this.labels.attitude[person.attitude],
            person.note,
        ];
        return parts.filter(Boolean).join("\n");
    }

    onReload() {
        return this.load();
    }

    onDragStart(event, person) {
        event.dataTransfer.effectAllowed = "move";
        event.dataTransfer.setData("text/plain", person.name);
        this.map.dragged = person.id;
    }

    onDragOver(event, person) {
        if (this.map.dragged && this.map.dragged !== person?.id) {
            event.preventDefault();
            event.stopPropagation();
            this.map.target = person ? person.id : false;
        }
    }

    onDragEnd() {
        Object.assign(this.map, { dragged: false, target: false });
    }

    async onDrop(person) {
        const { dragged } = this.map;
        this.onDragEnd();
        const moved = this.map.people.find(({ id }) => id === dragged);
        const parentId = person ? person.id : false;
        if (moved && moved.id !== parentId && moved.parentId !== parentId) {
            await this.orm.write(MODEL, [moved.id], { parent_id: parentId });
            await this.load();
        }
    }
}

registry.category("view_widgets").add("crm_resource_decision_map", {
    component: DecisionMap,
    extractProps: () => ({ inverse: "lead_id", isEditable: true, resModel: MODEL }),
});

import { ForecastKanbanModel } from "@crm/views/forecast_kanban/forecast_kanban_model";
import { ForecastKanbanRenderer } from "@crm/views/forecast_kanban/forecast_kanban_renderer";
import { ForecastSearchModel } from "@crm/views/forecast_search_model";
import { registry } from "@web/core/registry";
import { KanbanHeader } from "@web/views/kanban/kanban_header";
import { KanbanRecord } from "@web/views/kanban/kanban_record";
import { KanbanRenderer } from "@web/views/kanban/kanban_renderer";
import { kanbanView } from "@web/views/kanban/kanban_view";

/** Forecasts by month: a card that is dragged to another month is expected then. */
export class CustomerForecastRenderer extends ForecastKanbanRenderer {
    static components = {
        ...ForecastKanbanRenderer.components,
        KanbanHeader,
        KanbanRecord,
    };

    /** Forecasts do not rot, as opportunities do. */
    getGroupClasses() {
        return KanbanRenderer.prototype.getGroupClasses.apply(this, arguments);
    }

    isMovableField(field) {
        return super.isMovableField(...arguments) || field.name === "date_expected";
    }
}

export const customerForecastView = {
    ...kanbanView,
    Model: ForecastKanbanModel,
    Renderer: CustomerForecastRenderer,
    SearchModel: ForecastSearchModel,
};

registry.category("views").add("crm_resource_forecast_kanban", customerForecastView);

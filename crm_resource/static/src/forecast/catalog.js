import { ProductCatalogKanbanController } from "@product/product_catalog/kanban_controller";
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";

patch(ProductCatalogKanbanController.prototype, {
    _defineButtonContent() {
        super._defineButtonContent(...arguments);
        if (this.orderResModel === "crm.resource.forecast") {
            this.buttonString = _t("Back to the Forecast");
        }
    },
});

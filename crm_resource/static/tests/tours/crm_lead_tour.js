import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const PATIENCE = 60000; // of a server that has just started

tours.add("crm_lead_sales_tour", {
    steps: () => [
        {
            content: "Plan the first step",
            trigger: "div[name=plan_step_ids] .o_field_x2many_list_row_add a",
            timeout: PATIENCE,
            run: "click",
        },
        {
            trigger: "div[name=plan_step_ids] .o_selected_row div[name=name] input",
            run: "edit First visit",
        },
        {
            trigger: "div[name=plan_step_ids] .o_selected_row div[name=date] button, div[name=plan_step_ids] .o_selected_row div[name=date] input",
            run: "click",
        },
        { trigger: ".o_datetime_picker .o_today", run: "click" },
        {
            trigger:
                "div[name=plan_step_ids] .o_selected_row div[name=effect] input, div[name=plan_step_ids] .o_selected_row div[name=effect] textarea",
            run: "edit They want three",
        },
        { trigger: ".o_form_button_save", run: "click" },
        {
            content: "It is done",
            trigger: "div[name=plan_step_ids] button[name=action_done]",
            run: "click",
        },
        { trigger: "div[name=plan_step_ids] .o_data_row:contains(Done)" },
        {
            content: "What is expected",
            trigger: "button[name=action_open_forecasts]",
            run: "click",
        },
        {
            trigger: "div[name=line_ids] .o_field_x2many_list_row_add a:contains(Add a product)",
            run: "click",
        },
        {
            trigger: "div[name=line_ids] .o_selected_row div[name=product_id] input",
            run: "edit Tour pump",
        },
        { trigger: ".o-autocomplete--dropdown-item:contains(Tour pump)", run: "click" },
        {
            trigger: "div[name=line_ids] .o_selected_row div[name=quantity] input",
            run: "edit 3 && click body",
        },
        { trigger: "div[name=amount]:contains(3,000), div[name=amount] input:value(3,000)" },
        { trigger: ".o_form_button_save", run: "click" },
        {
            content: "Quote it",
            trigger: "button[name=action_make_quotation]",
            run: "click",
        },
        {
            content: "Whatever the customer bought of it is one click away",
            trigger: "div[name=order_line] button[name=action_lookup_product]",
            run: "click",
        },
        { trigger: ".modal div[name=price]:contains(1,000)" },
        { trigger: ".modal .btn[special=cancel], .modal footer .btn-primary", run: "click" },
        {
            trigger: "body:not(.modal-open) button[name=action_confirm]:enabled",
            run: "click",
        },
        { trigger: ".o_arrow_button_current[data-value=sale]" },
        {
            content: "The order has signed the forecast",
            trigger: ".breadcrumb-item a:contains(Pumps for the tour):last, .o_back_button a:last",
            run: "click",
        },
        { trigger: ".o_arrow_button_current[data-value=signed]" },
    ],
});

tours.add("crm_lead_target_tour", {
    steps: () => [
        {
            content: "The target is achieved",
            trigger: ".o_crm_resource_shown button[data-shown=achieved]",
            timeout: PATIENCE,
            run: "click",
        },
        { trigger: ".o_crm_resource_person td:contains(3,000)" },
    ],
});

const box = (name) => `.o_crm_resource_decision_box:contains(${name})`;

/** Drag a box onto another, as a browser does. */
function drag(name, target) {
    const boxes = [...document.querySelectorAll(".o_crm_resource_decision_box")];
    const dataTransfer = new DataTransfer();
    for (const [type, text] of [
        ["dragstart", name],
        ["dragover", target],
        ["drop", target],
    ]) {
        boxes
            .find((element) => element.textContent.includes(text))
            .dispatchEvent(
                new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer })
            );
    }
}

tours.add("crm_lead_decision_tour", {
    steps: () => [
        { trigger: "a.nav-link[name=decision]", timeout: PATIENCE, run: "click" },
        {
            content: "Add the one who decides",
            trigger: ".o_crm_resource_decision_add",
            run: "click",
        },
        { trigger: ".modal div[name=partner_id] input", run: "edit Boss of the tour" },
        { trigger: ".o-autocomplete--dropdown-item:contains(Boss)", run: "click" },
        { trigger: ".modal .o_form_button_save", run: "click" },
        { trigger: box("Boss") },
        {
            content: "The buyer reports to him",
            trigger: box("Buyer"),
            run: () => drag("Buyer", "Boss"),
        },
        {
            content: "One line between them",
            trigger: ".o_crm_resource_decision_area svg:has(path)",
            run() {
                if (document.querySelectorAll(".o_crm_resource_decision_area path").length !== 1) {
                    console.error("There is not just one line");
                }
            },
        },
        { trigger: box("Buyer"), run: "click" },
        { trigger: ".modal div[name=parent_id] input:value(Boss)" },
        { trigger: ".modal .o_form_button_cancel", run: "click" },
        { trigger: "body:not(.modal-open)" },
    ],
});

import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

registry.category("web_tour.tours").add("res_partner_customer_tour", {
    steps: () => [
        {
            content: "Enter a customer",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=name] :is(input, textarea)",
            run: "edit 苏州试验有限公司",
        },
        {
            content: "What is known of him",
            trigger: ".o_notebook a[name=customer]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=annual_purchasing_power] input",
            run: "edit 250000",
        },
        {
            content: "His people",
            trigger: ".o_notebook a[name=contact_addresses]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=child_ids] .o-kanban-button-new",
            run: "click",
        },
        {
            trigger: ".o_dialog .o_field_widget[name=name] :is(input, textarea)",
            run: "edit 王小明",
        },
        {
            trigger: ".o_dialog .o_field_widget[name=department] input",
            run: "edit Purchasing",
        },
        {
            trigger: ".o_dialog .o_field_widget[name=crm_mobile] input",
            run: "edit +86 139 5550 3001",
        },
        {
            trigger: ".o_dialog .o_form_button_save",
            run: "click",
        },
        {
            trigger:
                "body:not(:has(.o_dialog)) .o_field_widget[name=child_ids] .o_kanban_record:contains(王小明)",
        },
        ...stepUtils.saveForm(),
        {
            content: "He is new, not approved",
            trigger:
                ".o_field_widget[name=customer_state] .o_arrow_button_current:contains(New)",
        },
    ],
});

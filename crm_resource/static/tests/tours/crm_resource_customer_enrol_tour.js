import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("crm_resource_customer_enrol_tour", {
    steps: () => [
        {
            content: "Open the dialog",
            trigger:
                "button[data-menu-xmlid='crm_resource.crm_resource_menu_customers']",
            run: "click",
        },
        {
            trigger: "[data-menu-xmlid='crm_resource.crm_resource_customer_enrol_menu']",
            run: "click",
        },
        {
            content: "Contacts with orders are what it offers",
            trigger:
                ".o_dialog .o_field_widget[name=source] input[data-value=order]:checked",
        },
        {
            content: "Look before anything happens",
            trigger: ".o_dialog footer button[name=action_preview]",
            run: "click",
        },
        {
            content: "The salesperson of the order would own the contact",
            trigger: ".o_dialog .o_data_row:contains(life_salesperson)",
        },
        {
            trigger: ".o_dialog footer button[name=action_enrol]",
            run: "click",
        },
        {
            content: "The contact is among the customers",
            trigger:
                "body:not(:has(.o_dialog)) .o_list_view .o_data_row:contains(Tour buyer):contains(Approved)",
        },
    ],
});

import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("crm_resource_level_policy_tour", {
    steps: () => [
        {
            content: "All customers are listed",
            trigger: ".o_data_row:contains(Tour Pumps Ltd)",
        },
        {
            content: "Search by two Chinese characters",
            trigger: ".o_searchview_input",
            run: "edit 浦江",
        },
        {
            trigger: ".o_searchview_autocomplete .o-dropdown-item:first",
            run: "click",
        },
        {
            content: "Only the customer of that name is left",
            trigger:
                ".o_list_view:not(:has(.o_data_row:contains(Tour Pumps Ltd))) .o_data_row:contains(上海浦江水务)",
        },
        {
            content: "Open the level policies",
            trigger: "button[data-menu-xmlid='crm_resource.crm_resource_menu_config']",
            run: "click",
        },
        {
            trigger: "[data-menu-xmlid='crm_resource.crm_resource_level_policy_menu']",
            run: "click",
        },
        {
            content: "Open the policy",
            trigger: ".o_data_row .o_data_cell[name=name]:contains(Tour policy)",
            run: "click",
        },
        {
            trigger: ".o_form_view button[name=action_preview]",
            run: "click",
        },
        {
            content: "Ask who would move",
            trigger: ".o_dialog footer button[name=action_preview]",
            run: "click",
        },
        {
            content: "One customer would move up",
            trigger: ".o_dialog .o_data_row:contains(Tour large)",
        },
        {
            trigger: ".o_dialog footer button[name=action_apply]",
            run: "click",
        },
        {
            content: "The change is logged with its figure",
            trigger:
                "body:not(:has(.o_dialog)) .o_list_view .o_data_row:contains(上海浦江水务):contains(Tour large)",
        },
        {
            content: "Go back to the customers",
            trigger:
                "button[data-menu-xmlid='crm_resource.crm_resource_menu_customers']",
            run: "click",
        },
        {
            trigger: "[data-menu-xmlid='crm_resource.res_partner_menu_customer']",
            run: "click",
        },
        {
            content: "The list shows the new level",
            trigger:
                ".o_data_row:contains(Tour large) .o_data_cell[name=complete_name]:contains(上海浦江水务)",
            run: "click",
        },
        {
            content: "So does the customer's page",
            trigger: ".o_field_widget[name=level_id]:contains(Tour large)",
        },
        {
            trigger: ".o_notebook a[name=level_history]",
            run: "click",
        },
        {
            content: "His history has the change",
            trigger:
                "[data-model='crm.resource.level.change'] .o_data_row:contains(Tour large)",
        },
    ],
});

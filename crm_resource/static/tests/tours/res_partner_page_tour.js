import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const NAME = "无锡时间线机械有限公司";
const details = (model, condition) =>
    `.o_crm_resource_records[data-model='crm.resource.${model}'] ${condition}`;
const timeline = (condition) => `.o_crm_resource_timeline ${condition}`;

tours.add("res_partner_page_tour", {
    steps: () => [
        {
            content: "My Day knows the customer, who was given today",
            trigger: `.o_crm_resource_block[data-key=new] .o_crm_resource_row:contains(${NAME})`,
            timeout: 60000, // of a server that has just started
        },
        {
            content: "Nothing is pinned yet",
            trigger: ".o_crm_resource_block[data-key=pinned]:contains(Pin the customers)",
        },
        {
            content: "Each block loads",
            trigger: ".o_crm_resource_block[data-key=sales] .o_crm_resource_figure[data-key=month]",
        },
        {
            trigger: `.o_crm_resource_block[data-key=new] .o_crm_resource_row:contains(${NAME})`,
            run: "click",
        },
        {
            content: "The page says what he bought and owes",
            trigger:
                ".o_form_view .o_crm_resource_figure[data-key=sales]:contains(250.00)",
        },
        { trigger: ".o_crm_resource_figure[data-key^=receivable]" },
        {
            content: "Pin him",
            trigger: "button[name=action_toggle_pin]:contains(Pin)",
            run: "click",
        },
        { trigger: "button[name=action_toggle_pin]:contains(Pinned)" },
        {
            content: "Log a call",
            trigger: "button[name=action_log_call]",
            run: "click",
        },
        {
            trigger: ".o_dialog div[name=note] textarea",
            run: "edit He wants three pumps",
        },
        { trigger: ".o_dialog button[name=action_log]", run: "click" },
        {
            content: "The figure changes with it",
            trigger:
                "body:not(:has(.o_dialog)) .o_crm_resource_figure[data-key=last_contact]:contains(0 days ago)",
        },
        {
            content: "His special days are read when the tab is opened",
            trigger: "body:not(:has(.o_crm_resource_records)) a[name=special_days]",
            run: "click",
        },
        {
            content: "Add one",
            trigger: details("special.day", ".o_crm_resource_records_add"),
            run: "click",
        },
        { trigger: ".o_dialog div[name=name] input", run: "edit Founding" },
        { trigger: ".o_dialog div[name=month] input", run: "edit 5" },
        { trigger: ".o_dialog div[name=day] input", run: "edit 20" },
        { trigger: ".o_dialog .o_form_button_save", run: "click" },
        {
            content: "It stands on the list; a click opens it",
            trigger: `body:not(:has(.o_dialog)) ${details("special.day", ".o_data_row:contains(Founding) td[name=day]:contains(20)")}`,
            run: "click",
        },
        { trigger: ".o_dialog div[name=day] input", run: "edit 21" },
        { trigger: ".o_dialog .o_form_button_save", run: "click" },
        {
            trigger: `body:not(:has(.o_dialog)) ${details("special.day", ".o_data_row td[name=day]:contains(21)")}`,
        },
        {
            content: "So are the collaborators",
            trigger: "a[name=collaborators]",
            run: "click",
        },
        {
            trigger: details("collaborator", ".o_data_row:contains(Reads) td[name=access]"),
            run: "click",
        },
        {
            content: "Take him off",
            trigger: ".o_dialog .o_form_button_remove",
            run: "click",
        },
        {
            trigger: `body:not(:has(.o_dialog)) .o_crm_resource_records[data-model='crm.resource.collaborator']:not(:has(.o_data_row)) .o_crm_resource_records_add`,
        },
        {
            content: "Further grades stand with the levels",
            trigger: "a[name=level_history]",
            run: "click",
        },
        { trigger: details("grade", ".o_data_row:contains(Turnover of the region)") },
        {
            content: "The timeline shows all of it",
            trigger: ".o_notebook_headers a[name=timeline]",
            run: "click",
        },
        { trigger: timeline(".o_crm_resource_event:contains(He wants three pumps)") },
        { trigger: timeline(".o_crm_resource_event[data-kind=order]:contains(250.00)") },
        {
            content: "Only activities",
            trigger: timeline("button[data-kind=activity]"),
            run: "click",
        },
        {
            trigger:
                ".o_crm_resource_timeline:not(:has([data-kind=order].o_crm_resource_event)) [data-kind=activity].o_crm_resource_event",
        },
        {
            content: "Only orders",
            trigger: timeline("button[data-kind=activity]"),
            run: "click",
        },
        { trigger: timeline("button[data-kind=order]"), run: "click" },
        {
            content: "A click opens the order",
            trigger: timeline(".o_crm_resource_event[data-kind=order]"),
            run: "click",
        },
        {
            trigger: ".o_form_view div[name=order_line]",
        },
        {
            content: "Back at My Day he is pinned",
            trigger: ".o_menu_sections [data-menu-xmlid='crm_resource.crm_resource_start_menu'], .breadcrumb-item:contains(My Day) a",
            run: "click",
        },
        {
            trigger: `.o_crm_resource_block[data-key=pinned] .o_crm_resource_row:contains(${NAME}):contains(0 days ago)`,
        },
        {
            content: "From here a call is logged at once",
            trigger: `.o_crm_resource_block[data-key=pinned] .o_crm_resource_row:contains(${NAME}) .o_crm_resource_call`,
            run: "click",
        },
        { trigger: ".o_dialog div[name=note] textarea", run: "edit And a valve" },
        { trigger: ".o_dialog button[name=action_log]", run: "click" },
        { trigger: "body:not(:has(.o_dialog)) .o_crm_resource_start" },
    ],
});

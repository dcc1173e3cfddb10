import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const tours = registry.category("web_tour.tours");
const NAME = "宁波回收机械有限公司";

const openMenu = (name) => [
    {
        trigger: "button[data-menu-xmlid='crm_resource.crm_resource_menu_customers']",
        run: "click",
    },
    { trigger: `[data-menu-xmlid='crm_resource.${name}']`, run: "click" },
];

tours.add("crm_resource_pool_claim_tour", {
    steps: () => [
        ...openMenu("crm_resource_pool_menu"),
        {
            content: "The pool says how many he may claim, and how many he has",
            trigger:
                ".o_kanban_record:contains(Tour pool):contains(You may claim 2 of 2 today):contains(You have 0 of at most 5)",
            run: "click",
        },
        {
            content: "He claims the customer, whose phone is hidden before",
            trigger: `.o_data_row:contains(${NAME}):contains(No Follow-Up):not(:contains(5550)) button[name=action_claim]`,
            run: "click",
        },
        {
            content: "The customer is his: he sees the phone",
            trigger: ".o_form_view div[name=phone] input:value(+86 574 5550 4101)",
        },
        {
            content: "He works: he learns something",
            trigger: "div[name=annual_purchasing_power] input",
            run: "edit 120000",
        },
        ...stepUtils.saveForm(),
        {
            content: "He plans to call",
            trigger: "button.o-mail-Chatter-activity",
            run: "click",
        },
        { trigger: ".o_dialog div[name=summary] input", run: "edit Call again" },
        { trigger: ".o_dialog button[name=action_schedule_activities]", run: "click" },
        {
            trigger:
                "body:not(:has(.o_dialog)) .o-mail-Activity:contains(Call again)",
        },
        {
            content: "He cannot go on: back to the pool",
            trigger: ".o_statusbar_buttons button:contains(Give Back)",
            run: "click",
        },
        {
            trigger: ".o_dialog div[name=reason] input",
            run: "edit Wants somebody from Ningbo",
        },
        {
            content: "What he planned is settled",
            trigger: ".o_dialog div[name=activity_count]:contains(1)",
        },
        { trigger: ".o_dialog button[name=action_give_back]", run: "click" },
        { trigger: ".o_notification:contains(1 customers are in pool Tour pool now)" },
        {
            content: "He is back at his customers",
            trigger: `body:not(:has(.o_dialog)) .o_list_view:not(:has(.o_data_row:contains(${NAME})))`,
        },
    ],
});

tours.add("crm_resource_pool_allocate_tour", {
    steps: () => [
        ...openMenu("crm_resource_allocation_menu"),
        { trigger: ".o_dialog div[name=source] input[data-value=pool]", run: "click" },
        { trigger: ".o_dialog div[name=pool_ids] input", run: "edit Tour pool" },
        {
            trigger: ".o_dialog .o-autocomplete--dropdown-item:contains(Tour pool)",
            run: "click",
        },
        { trigger: ".o_dialog button[name=action_preview]", run: "click" },
        {
            content: "Who would get whom, and why",
            trigger: `.o_dialog .o_data_row:contains(${NAME}):contains(tour_second):contains(Tour rule)`,
        },
        {
            content: "How many each would have",
            trigger: ".o_dialog div[name=load_chart] .row:contains(tour_second) b:contains(1)",
        },
        { trigger: ".o_dialog button[name=action_allocate]", run: "click" },
        {
            content: "The batch names him",
            trigger: `body:not(:has(.o_dialog)) .o_form_view .o_data_row:contains(${NAME}):contains(tour_second)`,
        },
    ],
});

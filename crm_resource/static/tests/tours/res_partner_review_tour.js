import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const NAME = "杭州评审机械有限公司";

const openCustomer = [
    { trigger: `.o_data_row:contains(${NAME}) td[name=complete_name]`, run: "click" },
    { trigger: `.o_form_view div[name=name] input, .o_form_view [name=name]` },
];
const showAll = [
    { trigger: ".o_facet_remove", run: "click" },
    { trigger: ".o_searchview:not(:has(.o_facet_remove))" },
];
const isInState = (state) => ({
    trigger: `.o_statusbar_status button.o_arrow_button_current[data-value=${state}]`,
});

tours.add("res_partner_review_enter_tour", {
    steps: () => [
        { trigger: ".o_form_view div[name=name] input", run: `edit ${NAME}` },
        { trigger: "button[name=action_submit_customer]", run: "click" },
        // the obligatory phone is missing
        { trigger: ".o_dialog .modal-footer button", run: "click" },
        { trigger: "div[name=phone] input", run: "edit +86 571 5550 4001" },
        { trigger: "button[name=action_submit_customer]", run: "click" },
        isInState("submitted"),
    ],
});

tours.add("res_partner_review_return_tour", {
    steps: () => [
        ...openCustomer,
        { trigger: "button[name=action_review_customer]", run: "click" },
        {
            trigger: ".o_dialog .o_radio_item input[data-value=return]",
            run: "click",
        },
        { trigger: ".o_dialog div[name=note] textarea", run: "edit Tax id, please" },
        { trigger: ".o_dialog button[name=action_decide]", run: "click" },
        isInState("returned"),
    ],
});

tours.add("res_partner_review_correct_tour", {
    steps: () => [
        ...showAll,
        ...openCustomer,
        { trigger: ".alert:contains(Tax id, please)" },
        { trigger: "div[name=vat] input", run: "edit 91330100MA27X0001X" },
        { trigger: "button[name=action_submit_customer]", run: "click" },
        isInState("submitted"),
    ],
});

tours.add("res_partner_review_approve_tour", {
    steps: () => [
        ...openCustomer,
        { trigger: "button[name=action_review_customer]", run: "click" },
        { trigger: ".o_dialog div[name=credit_limit] input", run: "edit 5000" },
        { trigger: ".o_dialog button[name=action_decide]", run: "click" },
        isInState("approved"),
        { trigger: ".alert:contains(5,000)" },
    ],
});

tours.add("res_partner_review_order_tour", {
    steps: () => [
        { trigger: "button[name=action_confirm]", run: "click" },
        isInState("sale"),
    ],
});

import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const PATIENCE = 60000; // of a server that has just started
const isInState = (state) => ({
    trigger: `.o_statusbar_status button.o_arrow_button_current[data-value=${state}]`,
});

tours.add("crm_resource_target_group_tour", {
    steps: () => [
        {
            trigger: "div[name=name] input",
            timeout: PATIENCE,
            run: "edit Buyers of pumps",
        },
        { trigger: "button[name=action_preview]", run: "click" },
        { trigger: ".o_data_row:contains(无锡活动机械有限公司)" },
    ],
});

tours.add("utm_campaign_tour", {
    steps: () => [
        { trigger: "button[name=action_freeze_targets]", timeout: PATIENCE, run: "click" },
        { trigger: ".modal-footer .btn-primary", run: "click" },
        { trigger: "button[name=action_open_targets] .o_stat_value:contains(2)" },
    ],
});

tours.add("crm_resource_draw_tour", {
    steps: () => [
        { trigger: "button[name=action_freeze]", timeout: PATIENCE, run: "click" },
        isInState("frozen"),
        { trigger: "button[name=action_draw]", run: "click" },
        { trigger: ".modal-footer .btn-primary", run: "click" },
        isInState("drawn"),
        { trigger: "a[name=winners]", run: "click" },
        { trigger: "div[name=winner_ids] .o_data_row:contains(Pump)" },
        { trigger: "button[name=action_send_codes]", run: "click" },
        { trigger: "div[name=draw_id]" },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: "button[name=action_preview]", run: "click" },
        { trigger: "div[name=line_ids] .o_data_row:contains(无锡活动机械有限公司)" },
    ],
});

tours.add("crm_resource_draw_redeem_tour", {
    steps: () => [
        {
            trigger: ".o_dialog div[name=code] input",
            timeout: PATIENCE,
            run: "edit PUMP2345 PUMP2345",
        },
        { trigger: ".o_dialog button[name=action_redeem]", run: "click" },
        { trigger: ".o_notification:contains(Pump)" },
    ],
});

import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const NAME = "无锡拜访机械有限公司";
const PLACE = { latitude: 31.2314, longitude: 121.4737, accuracy: 20 };

/** Have the device answer what the test wants; count how often it is asked. */
function answer(geolocation) {
    Object.defineProperty(navigator, "geolocation", {
        configurable: true,
        value: geolocation,
    });
}

const GRANTED = {
    getCurrentPosition(onSuccess, onError, options) {
        document.body.dataset.asked = (parseInt(document.body.dataset.asked) || 0) + 1;
        if (!options.enableHighAccuracy || options.maximumAge !== 0 || !options.timeout) {
            console.error("The position is asked for carelessly");
        }
        onSuccess({ coords: PLACE });
    },
    watchPosition() {
        console.error("The position is followed");
    },
};
const REFUSED = { getCurrentPosition: (onSuccess, onError) => onError({ code: 1 }) };
const LATE = { getCurrentPosition: (onSuccess, onError) => onError({ code: 3 }) };

const check = (step) => `.o_crm_resource_check[data-step=${step}]:enabled`;
// rows at a desk, cards on a phone
const position = (text, inside = "") =>
    [".o_data_row", ".o_kanban_record"]
        .map((row) => `div[name=position_ids] ${row}:contains(${text})${inside}`)
        .join(", ");

function checkIn(geolocation, text) {
    return [
        {
            content: "Nothing is asked before the click",
            trigger: `body:not([data-asked]) ${check("in")}`,
            timeout: 60000, // of a server that has just started
            async run({ click }) {
                answer(geolocation);
                await click();
            },
        },
        { trigger: check("out") },
        { trigger: position(text) },
    ];
}

tours.add("crm_resource_visit_granted_tour", {
    steps: () => [
        ...checkIn(GRANTED, "Known"),
        { trigger: "body[data-asked='1']" },
        {
            content: "111 m from the customer",
            trigger: position("111", " a[href*='openstreetmap.org']"),
        },
        { trigger: check("out"), run: "click" },
        { trigger: ".o_arrow_button_current:contains(Done)" },
        { trigger: position("Check-out") },
        { trigger: "body[data-asked='2']" },
    ],
});

tours.add("crm_resource_visit_refused_tour", {
    steps: () => checkIn(REFUSED, "Refused"),
});

tours.add("crm_resource_visit_late_tour", {
    steps: () => checkIn(LATE, "Took Too Long"),
});

tours.add("crm_resource_visit_missing_tour", {
    steps: () => checkIn(undefined, "Not Available"),
});

tours.add("crm_resource_visit_insecure_tour", {
    steps: () => [
        {
            trigger: check("in"),
            timeout: 60000,
            run() {
                Object.defineProperty(window, "isSecureContext", {
                    configurable: true,
                    value: false,
                });
            },
        },
        ...checkIn(GRANTED, "Connection Not Secure"),
    ],
});

/** Have the camera take a picture. */
async function takePhoto() {
    const canvas = document.createElement("canvas");
    canvas.width = 3000;
    canvas.height = 1500;
    canvas.getContext("2d").fillRect(0, 0, 3000, 1500);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
    const files = new DataTransfer();
    files.items.add(new File([blob], "hall.png", { type: "image/png" }));
    const input = document.querySelector(".o_crm_resource_photos input[type=file]");
    if (input.getAttribute("capture") !== "environment" || input.accept !== "image/*") {
        console.error("The camera is not offered");
    }
    input.files = files.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
}

tours.add("crm_resource_visit_phone_tour", {
    steps: () => [
        {
            content: "Plan a visit",
            trigger: ".o-kanban-button-new, .o_list_button_add",
            timeout: 60000,
            run: "click",
        },
        {
            content: "On a phone customers are chosen on cards",
            trigger: ".o_field_widget[name=partner_id] input",
            run: "click",
        },
        {
            trigger: `.o_dialog .o_kanban_record:contains(${NAME})`,
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=subject] textarea, .o_field_widget[name=subject] input",
            run: "edit Pumps for the new hall",
        },
        { trigger: ".o_form_button_save", run: "click" },
        ...checkIn(GRANTED, "Known"),
        {
            content: "Take a photo",
            trigger: ".o_crm_resource_take_photo:enabled",
            run: takePhoto,
        },
        { trigger: ".o_crm_resource_photo[title='hall.png']" },
        {
            content: "Write the report",
            trigger: "div[name=report] .odoo-editor-editable",
            run: "editor He wants three pumps",
        },
        {
            trigger: ".o_field_widget[name=next_step] input",
            run: "edit Bring the offer && click body",
        },
        {
            trigger: ".o_field_widget[name=next_kind] .o_select_menu_toggler",
            run: "click",
        },
        { trigger: ".o_select_menu_item:contains(Visit)", run: "click" },
        {
            trigger: ".o_field_widget[name=next_date] input, .o_field_widget[name=next_date] button",
            run: "click",
        },
        {
            trigger: ".o_datetime_picker .o_next",
            run: "click",
        },
        {
            trigger: ".o_datetime_picker .o_date_item_cell:not(.o_out_of_range):contains(15)",
            run: "click",
        },
        {
            content: "Check out, which saves the report",
            trigger: check("out"),
            run: "click",
        },
        {
            content: "It is done",
            trigger: ".o_form_view:not(:has(.o_crm_resource_check))",
        },
        { trigger: ".o_crm_resource_photo" },
    ],
});

const row = (name) => `.o_crm_resource_visits .o_crm_resource_row:contains(${name})`;
const report = (text) => `.o_crm_resource_report:contains(${text})`;

tours.add("crm_resource_visit_day_tour", {
    steps: () => [
        {
            content: "On a phone the list comes first",
            trigger: `body:not(:has(.o_crm_resource_report)) ${row("Lamps")}`,
            timeout: 60000,
            run: "click",
        },
        { trigger: `body:not(:has(.o_crm_resource_visits)) ${report("He wants lamps")}` },
        { trigger: ".o_crm_resource_next:enabled", run: "click" },
        { trigger: report("No report yet") },
        { trigger: ".o_crm_resource_next:disabled" },
        { trigger: ".o_crm_resource_previous", run: "click" },
        { trigger: report("He wants lamps") },
        { trigger: ".o_crm_resource_comment", run: "edit Well done" },
        { trigger: ".o_crm_resource_send:enabled", run: "click" },
        { trigger: ".o_crm_resource_report .o_crm_resource_commented" },
        { trigger: ".o_crm_resource_back", run: "click" },
        {
            content: "Only what is planned",
            trigger: ".o_crm_resource_figure[data-key=planned]:contains(1)",
            run: "click",
        },
        {
            trigger: `body:not(:has(.o_crm_resource_row[data-state=done])) ${row("Pumps")}`,
        },
        { trigger: ".o_crm_resource_all", run: "click" },
        { trigger: row("Lamps") },
    ],
});

tours.add("crm_resource_visit_route_tour", {
    steps: () => [
        {
            content: "From the company, the near one comes first",
            trigger: ".o_crm_resource_row:first-child:contains(Near)",
            timeout: 60000,
            run: () => answer(GRANTED),
        },
        { trigger: "body:not([data-asked]) .o_crm_resource_from_here", run: "click" },
        {
            content: "From here, the other one",
            trigger: ".o_crm_resource_row:first-child:contains(Far)",
        },
        { trigger: "a[href^='https://routing.openstreetmap.de/?loc=31.231400']" },
        { trigger: ".o_crm_resource_save:enabled", run: "click" },
        { trigger: ".o_notification:contains(is saved)" },
    ],
});

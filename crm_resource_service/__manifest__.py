{
    "name": "Customer Resources: Service",
    "version": "19.0.1.0.0",
    "summary": "Service requests, complaints and follow-up for customer resources",
    "category": "Services/Helpdesk",
    "author": "CRM Resource Team",
    "license": "AGPL-3",
    "depends": [
        "crm_resource",
        "helpdesk_mgmt",
        "portal",
        "rating",
    ],
    "data": [
        "views/res_config_settings_views.xml",
        "views/crm_resource_service_menus.xml",
    ],
}

{
    "name": "Customer Resources: Reports",
    "version": "19.0.1.0.0",
    "summary": "Journals, summaries, comparisons and dashboards of customer resources",
    "category": "Sales/CRM",
    "author": "CRM Resource Team",
    "license": "AGPL-3",
    "depends": [
        "crm_resource",
        "crm_resource_service",
        "report_xlsx",
        "spreadsheet_dashboard",
    ],
    "data": [
        "views/res_config_settings_views.xml",
        "views/crm_resource_reports_menus.xml",
    ],
}

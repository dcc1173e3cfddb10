from functools import partial

from odoo.sql_db import db_connect
from odoo.tools import SQL

# Chinese, Japanese and Korean letters
CJK = "[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]"

# stored fields that the ORM would compute for each record when it adds their columns
PREPARED_COLUMNS = (
    ("account_move", "audience_id", SQL("int4")),
    ("account_move", "crm_contract_id", SQL("int4")),
    ("crm_lead", "audience_id", SQL("int4")),
    ("res_partner", "audience_id", SQL("int4")),
    ("res_partner", "crm_mobile_sanitized", SQL("varchar")),
    ("res_partner", "region_id", SQL("int4")),
    ("sale_order", "audience_id", SQL("int4")),
    ("sale_order", "validation_status", SQL("varchar")),
    ("sale_order_line", "is_custom_made", SQL("bool")),
)
# whose approvals go with us
APPROVED_MODELS = (
    "crm.resource.change.request",
    "crm.resource.contract",
    "crm.resource.stage.approval",
    "sale.order",
)


def pre_init_hook(env):
    """Prepare by SQL what the ORM would otherwise fill row by row, and the function
    that an index of contacts needs."""
    for table, column, column_type in PREPARED_COLUMNS:
        env.cr.execute(
            SQL(
                "ALTER TABLE %s ADD COLUMN IF NOT EXISTS %s %s",
                SQL.identifier(table),
                SQL.identifier(column),
                column_type,
            )
        )
    create_bigram_function(env.cr)


def create_bigram_function(cr):
    """Create ``crm_resource_bigrams(text)``: the single letters and the pairs of
    neighbours among the Chinese, Japanese and Korean letters of a text.

    A trigram index knows nothing of words of two letters, which most Chinese searches
    are; an index of these does.
    """
    cr.execute(
        SQL(
            """
            CREATE OR REPLACE FUNCTION crm_resource_bigrams(value text) RETURNS text[]
            LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $function$
                SELECT ARRAY(
                    SELECT DISTINCT SUBSTR(run[1], place, size)
                      FROM REGEXP_MATCHES(value, %s, 'g') run,
                           GENERATE_SERIES(1, 2) size,
                           GENERATE_SERIES(1, LENGTH(run[1]) - size + 1) place
                )
            $function$
            """,
            f"{CJK}+",
        )
    )


def post_init_hook(env):
    """Say who reaches the documents that are there already, and give the companies the
    lists that new ones start with."""
    env["res.partner"]._refresh_audiences()
    names = ["crm_obligatory_field_ids", "crm_watched_field_ids"]
    env["res.company"].search([]).write(env["res.company"].default_get(names))


def uninstall_hook(env):
    """Let the ERP's own rules hold again, drop what the ORM does not know of, and what
    it forgets to drop."""
    env["crm.resource.audience"]._enforce(False)
    env["tier.review"].search([("model", "in", APPROVED_MODELS)]).unlink()
    env["ir.sequence"].search([("code", "=", "crm.resource.contract")]).unlink()
    env.cr.execute(SQL("DROP FUNCTION IF EXISTS crm_resource_bigrams(text) CASCADE"))
    env.cr.postcommit.add(partial(_drop_orphans, env.cr.dbname))


def _drop_orphans(database):
    """Drop what uninstalling leaves of records that are gone: the external ids that
    other modules gave to parents of our models, and foreign keys of our fields that it
    declares once more while it removes them."""
    with db_connect(database).cursor() as cr:
        # what campaigns inherited through us lives on by those external ids
        cr.execute(
            SQL(
                """
                DELETE FROM ir_model_inherit inherit
                 USING ir_model child, ir_model parent
                 WHERE child.id = inherit.model_id
                   AND child.model = 'utm.campaign'
                   AND parent.id = inherit.parent_id
                   AND parent.model IN ('mail.thread', 'mail.activity.mixin')
                """
            )
        )
        cr.execute(
            SQL(
                r"""
                DELETE FROM ir_model_data data
                 WHERE data.model = 'ir.model.inherit'
                   AND data.name ~ '^model_inherit__(crm_resource|utm_campaign)_'
                   AND NOT EXISTS (
                       SELECT FROM ir_model_inherit inherit
                        WHERE inherit.id = data.res_id)
                """
            )
        )
        # the choices of fields that approvals and activities brought to models
        cr.execute(
            SQL(
                r"""
                DELETE FROM ir_model_data data
                 WHERE data.model = 'ir.model.fields.selection'
                   AND (data.module = 'base_tier_validation'
                        OR data.name ~ '^selection__(crm_resource|utm_campaign)_')
                   AND NOT EXISTS (
                       SELECT FROM ir_model_fields_selection choice
                        WHERE choice.id = data.res_id)
                """
            )
        )
        cr.execute(
            SQL(
                """
                DELETE FROM ir_model_constraint declared
                 USING ir_module_module module
                 WHERE module.id = declared.module AND module.name = 'crm_resource'
                   AND NOT EXISTS (
                       SELECT FROM pg_constraint present
                        WHERE present.conname = declared.name)
                """
            )
        )

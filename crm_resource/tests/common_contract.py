from datetime import date

from odoo import Command

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

from .common import new_users

TODAY = date(2026, 3, 16)


class ContractCommon(AccountTestInvoicingCommon):
    """A salesperson with a customer, his leader, an accountant, and contracts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids += cls.env.ref("sales_team.group_sale_manager")
        cls.company = cls.env.company
        cls.bank = cls.company_data["default_journal_bank"]
        cls.salesperson, cls.leader, cls.other, cls.accountant = new_users(
            cls.env,
            {
                "ct_sales": "sales_team.group_sale_salesman",
                "ct_leader": "sales_team.group_sale_salesman",
                "ct_other": "sales_team.group_sale_salesman",
                "ct_account": "account.group_account_invoice",
            },
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.team = cls.env["crm.team"].create(
            {
                "name": "North",
                "user_id": cls.leader.id,
                "member_ids": cls.salesperson.ids,
            }
        )
        cls.customer = cls.env["res.partner"].create(
            {
                "name": "Lake",
                "is_company": True,
                "customer_state": "approved",
                "user_id": cls.salesperson.id,
                "team_id": cls.team.id,
            }
        )

    @classmethod
    def _make_contract(cls, lines=None, plan=None, user=None, **values):
        """Make a draft.

        :param list lines: amounts, or values of lines
        :param list plan: percents, or values of instalments
        """
        lines = [1000] if lines is None else lines
        plan = [100] if plan is None else plan
        return (
            cls.env["crm.resource.contract"]
            .with_user(user or cls.salesperson)
            .create(
                {
                    "subject": "Two pumps",
                    "partner_id": cls.customer.id,
                    "line_ids": [
                        Command.create(
                            line
                            if isinstance(line, dict)
                            else {"name": "Pump", "quantity": 1, "price_unit": line}
                        )
                        for line in lines
                    ],
                    "instalment_ids": [
                        Command.create(
                            part
                            if isinstance(part, dict)
                            else {
                                "name": "Part",
                                "percent": part,
                                "date_planned": TODAY,
                            }
                        )
                        for part in plan
                    ],
                    **values,
                }
            )
        )

    @classmethod
    def _sign(cls, *args, **values):
        contract = cls._make_contract(*args, **values)
        contract.action_sign()
        return contract

    @classmethod
    def _invoice(cls, instalments, **kwargs):
        instalments = instalments.with_user(cls.accountant)
        return instalments._create_invoices(**kwargs)

    @classmethod
    def _pay(cls, invoices, amount=None, **values):
        dialog = (
            cls.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoices.ids)
            .create(
                {
                    "payment_date": TODAY,
                    "journal_id": cls.bank.id,
                    "payment_difference_handling": "open",
                    **({} if amount is None else {"amount": amount}),
                    **values,
                }
            )
        )
        return dialog._create_payments()

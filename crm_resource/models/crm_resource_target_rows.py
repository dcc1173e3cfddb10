from odoo import api, models


class CrmResourceTarget(models.Model):
    """The rows of a year's grid: departments and their people."""

    _inherit = "crm.resource.target"

    @api.model
    def _get_rows(self, company, cells, achieved):
        """Return the rows of a grid without figures, in the order of the tree: each
        department with its people, then those below it.

        :param cells: keys of `_get_cells`
        :param achieved: keys of what was achieved, of whom nothing else may be known
        """
        user = self.env.user
        sees_all = self._sees_all()
        # who is in which department is no secret
        Team = self.env["crm.team"].sudo()
        led = Team if sees_all else Team._get_led_teams()
        pairs = {(team or False, person or False) for team, person, _month in cells}
        pairs |= {
            (team or False, person or False) for _m, _c, team, person, _d in achieved
        }
        teams = Team.search([("company_id", "in", [False, company.id])])
        # who is in which department is no secret
        members = self.env["crm.team.member"].sudo()
        pairs |= {
            (team.id, person.id)
            for team, person in members._read_group(
                [("crm_team_id", "in", teams.ids)], ["crm_team_id", "user_id"]
            )
        }
        teams |= Team.browse({team for team, _person in pairs} - {False})
        people = {}
        for team, person in pairs:
            if person and (sees_all or team in led.ids or person == user.id):
                people.setdefault(team, set()).add(person)
        if not sees_all:
            teams = teams.filtered(lambda team: team in led or team.id in people)
        rows = self._get_tree_rows(teams, people, company if sees_all else None)
        is_settable = self._get_settable()
        for row in rows:
            team = Team.browse(row["team_id"])
            person = user.browse(row["user_id"])
            row["is_settable"] = is_settable(team, person)
            if row["kind"] == "department":
                row["is_readable"] = sees_all or team in led
        return rows

    @api.model
    def _get_tree_rows(self, teams, people, company):
        """Return rows in the order of the tree.

        :param dict people: ids of persons by that of their department
        :param company: `res.company` that has a row, None: it has none
        """
        # names of colleagues are no secret
        Users = self.env["res.users"].sudo().with_context(active_test=False)
        persons = Users.search_fetch(
            [("id", "in", [*set().union(*people.values())])], ["partner_id"]
        )
        persons.partner_id.fetch(["name"])
        names = {person.id: person.partner_id.name or "" for person in persons}
        nobody = persons.browse()
        rows = []
        if company:
            rows.append(self._get_row(company.name, teams.browse(), nobody, 0, False))
        for team, level in self._get_tree(teams):
            is_top = team.parent_id not in teams
            above = (company and "c") if is_top else f"t{team.parent_id.id}"
            rows.append(self._get_row(team.name, team, nobody, level, above or False))
            key = rows[-1]["key"]
            for person in sorted(people.get(team.id, ()), key=names.get):
                user = persons.browse(person)
                rows.append(self._get_row(names[person], team, user, level + 1, key))
        return rows

    @api.model
    def _sees_all(self):
        """Return whether the user reads everybody's targets."""
        return self.env.su or self.env.user.has_groups(
            "crm_resource.group_reviewer,crm_resource.group_executive,"
            "sales_team.group_sale_salesman_all_leads"
        )

    @api.model
    def _get_tree(self, teams):
        """Return departments and their levels, those below after the one above."""
        below = {}
        for team in teams.sorted(
            lambda team: (team.sequence, team.name or "", team.id)
        ):
            above = team.parent_id if team.parent_id in teams else teams.browse()
            below.setdefault(above, []).append(team)
        tree = []
        stack = [(team, 1) for team in reversed(below.get(teams.browse(), []))]
        while stack:
            team, level = stack.pop()
            tree.append((team, level))
            stack += [(each, level + 1) for each in reversed(below.get(team, []))]
        return tree

    @api.model
    def _get_row(self, name, team, user, level, parent):
        key = f"t{team.id}" if team else "c"
        return {
            "key": f"{key}u{user.id}" if user else key,
            "parent": parent,
            "kind": "person" if user else "department" if team else "company",
            "level": level,
            "name": name,
            "team_id": team.id,
            "user_id": user.id,
            "is_readable": True,
        }

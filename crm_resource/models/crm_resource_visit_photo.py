import base64

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import clean_context
from odoo.tools.mimetypes import guess_mimetype

# of a photo in base64, which takes four bytes for three: about 10 MB; what the form
# sends is far smaller
MAX_SIZE = 14_000_000
SIDE = 1920
KINDS = {"image/gif", "image/jpeg", "image/png", "image/webp"}


class CrmResourceVisitPhoto(models.Model):
    """A photo of a visit: for those who reach the visit.

    It stays as it was taken: nobody has the right to write one, nor its file.
    """

    _name = "crm.resource.visit.photo"
    _description = "Photo of a Visit"
    _order = "id"

    visit_id = fields.Many2one(
        "crm.resource.visit", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="visit_id.company_id", store=True, precompute=True, index=True
    )
    name = fields.Char(string="File", required=True)
    image = fields.Image(required=True, max_width=SIDE, max_height=SIDE)
    image_256 = fields.Image(
        string="Thumbnail", related="image", max_width=256, max_height=256, store=True
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse what is too large, or no image."""
        for vals in vals_list:
            self._check_image(vals)
        # the thumbnail and the company follow from the others
        kept = ("visit_id", "name", "image")
        photos = self.with_context(clean_context(self.env.context))
        return super(CrmResourceVisitPhoto, photos).create(
            [{name: vals[name] for name in kept if name in vals} for vals in vals_list]
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_of_others(self):
        """Photos go with whoever took them, or decides on the visit."""
        others = self.filtered(lambda photo: photo.create_uid != self.env.user)
        others.visit_id._check_actor()

    @api.model
    def _check_image(self, vals):
        name = vals.get("name") or self.env._("The photo")
        image = vals.get("image") or ""
        if len(image) > MAX_SIZE:
            raise UserError(
                self.env._(
                    "%(name)s is larger than 10 MB: choose a smaller photo.", name=name
                )
            )
        try:
            kind = guess_mimetype(base64.b64decode(image, validate=True))
        except ValueError:
            kind = None
        if kind not in KINDS:
            raise UserError(
                self.env._(
                    "%(name)s is no image: choose a photo (JPEG, PNG, GIF or WebP).",
                    name=name,
                )
            )


class CrmResourceVisit(models.Model):
    _inherit = "crm.resource.visit"

    photo_ids = fields.One2many(
        "crm.resource.visit.photo", "visit_id", string="Photos", copy=False
    )

    def unlink(self):
        """The files of photos do not go with their rows."""
        self.check_access("unlink")
        self.photo_ids.unlink()
        return super().unlink()

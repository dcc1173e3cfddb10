import base64
from io import BytesIO

from PIL import Image

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from ..models.crm_resource_visit_photo import MAX_SIZE
from .common_visit import NOW, VisitCommon


def make_image(width=40, height=30, kind="JPEG"):
    """Return a picture in base64."""
    file = BytesIO()
    Image.new("RGB", (width, height), "red").save(file, kind)
    return base64.b64encode(file.getvalue()).decode()


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestVisitPhoto(VisitCommon):
    def _make_photo(self, visit, user=None, image=None):
        return (
            self.env["crm.resource.visit.photo"]
            .with_user(user or self.salesperson)
            .create(
                {
                    "visit_id": visit.id,
                    "name": "hall.jpg",
                    "image": make_image() if image is None else image,
                }
            )
        )

    def test_rights(self):
        """Who reaches the visit sees its photos; who may change it adds some."""
        visit = self._make_visit()
        photo = self._make_photo(visit)
        for user, may_read, may_edit in (
            (self.salesperson, True, True),
            (self.leader, True, True),
            (self.reviewer, True, True),
            (self.executive, True, False),
            (self.other, False, False),
        ):
            its = photo.with_user(user)
            self.assertEqual(its.has_access("read"), may_read, user.login)
            self.assertEqual(its.has_access("unlink"), may_edit, user.login)
            if may_edit:
                self.assertTrue(self._make_photo(visit, user))
            else:
                with self.assertRaises(AccessError):
                    self._make_photo(visit, user)
        with self.assertRaises(AccessError):
            photo.with_user(self.other).read(["image"])

    def test_stays(self):
        """A photo is neither changed nor moved to where others see it."""
        photo = self._make_photo(self._make_visit())
        for user in (self.salesperson, self.leader, self.reviewer):
            for values in (
                {"visit_id": self._make_visit().id},
                {"image": make_image()},
            ):
                with self.assertRaises(AccessError):
                    photo.with_user(user).write(values)
        photo.unlink()

    def test_refused(self):
        """Only images, and none that fills the disk."""
        visit = self._make_visit()
        for image, message in (
            (base64.b64encode(b"<script>alert(1)</script>").decode(), "is no image"),
            ("%%%", "is no image"),
            ("", "is no image"),
            (
                base64.b64encode(
                    b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'
                ).decode(),
                "is no image",
            ),
            ("A" * (MAX_SIZE + 4), "larger than 10 MB"),
        ):
            with self.assertRaisesRegex(UserError, message):
                self._make_photo(visit, image=image)

    def test_size(self):
        """What is larger than a screen is made smaller; a thumbnail comes with it."""
        photo = self._make_photo(self._make_visit(), image=make_image(3000, 1500))
        with Image.open(BytesIO(base64.b64decode(photo.image))) as picture:
            self.assertEqual(picture.size, (1920, 960))
        with Image.open(BytesIO(base64.b64decode(photo.image_256))) as picture:
            self.assertEqual(picture.size, (256, 128))

    def test_deleted(self):
        """With the visit go its photos, and their files."""
        visit = self._make_visit()
        photo = self._make_photo(visit)
        files = self.env["ir.attachment"].search(
            [
                ("res_model", "=", photo._name),
                ("res_id", "=", photo.id),
                ("res_field", "!=", False),
            ]
        )
        self.assertTrue(files)
        visit.unlink()
        self.assertFalse(photo.exists())
        self.assertFalse(files.exists())

    def test_anonymised(self):
        """Photos tell who somebody is."""
        photo = self._make_photo(self._make_visit())
        self.customer._anonymise()
        self.assertFalse(photo.exists())

import { Component, onWillUnmount, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { createFileViewer } from "@web/core/file_viewer/file_viewer_hook";
import { useService } from "@web/core/utils/hooks";
import { url } from "@web/core/utils/urls";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { shrinkImage } from "./shrink_image";

const MODEL = "crm.resource.visit.photo";

/** The photos of a visit: taken with the phone's camera, or chosen from its files. */
export class VisitPhotos extends Component {
    static template = "crm_resource.VisitPhotos";
    static props = standardWidgetProps;

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
        this.viewer = createFileViewer();
        this.input = useRef("input");
        this.state = useState({ photos: [], isBusy: false });
        // `data` is another object whenever the record is loaded or saved
        useRecordObserver((record) => {
            record.data;
            this.load(record.resId);
        });
        onWillUnmount(() => this.viewer.close());
    }

    get mayEdit() {
        return !this.props.readonly;
    }

    getUrl(photo, field) {
        return url(`/web/image/${MODEL}/${photo.id}/${field}`, { unique: photo.write_date });
    }

    async load(id) {
        const photos = id
            ? await this.orm.searchRead(
                  MODEL,
                  [["visit_id", "=", id]],
                  ["name", "write_date"]
              )
            : [];
        // the person may have gone on to the next visit meanwhile
        if (id === this.props.record.resId) {
            this.state.photos = photos;
        }
    }

    async takePhotos() {
        if (await this.props.record.save()) {
            this.input.el.click();
        }
    }

    async onFiles() {
        this.state.isBusy = true;
        const visit = this.props.record.resId;
        try {
            // one by one: a phone has neither the memory nor the line for more
            for (const file of this.input.el.files) {
                const image = await this.readImage(file);
                if (image) {
                    await this.orm.create(MODEL, [{ visit_id: visit, name: file.name, image }]);
                }
            }
        } finally {
            this.state.isBusy = false;
            this.input.el.value = "";
            await this.load(visit);
        }
    }

    async readImage(file) {
        try {
            return await shrinkImage(file);
        } catch {
            this.notification.add(
                _t("%(name)s is no image: choose a photo.", { name: file.name }),
                { type: "danger" }
            );
        }
    }

    open(photo) {
        const files = this.state.photos.map((each) => ({
            isImage: true,
            isViewable: true,
            name: each.name,
            defaultSource: this.getUrl(each, "image"),
            downloadUrl: this.getUrl(each, "image"),
        }));
        this.viewer.open(files[this.state.photos.indexOf(photo)], files);
    }

    async remove(photo) {
        await this.orm.unlink(MODEL, [photo.id]);
        await this.load(this.props.record.resId);
    }
}

registry.category("view_widgets").add("crm_resource_visit_photos", {
    component: VisitPhotos,
});

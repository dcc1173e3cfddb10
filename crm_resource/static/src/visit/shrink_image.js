// what a screen shows of a photo
const SIDE = 1920;

/**
 * Read a photo, not larger than a screen shows it and without what the camera wrote
 * into the file, as where it was taken.
 *
 * @param {File} file
 * @returns {Promise<string>} a JPEG in base64
 * @throws {Error} if it is no image
 */
export async function shrinkImage(file) {
    const bitmap = await createImageBitmap(file);
    const scale = Math.min(1, SIDE / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(bitmap.width * scale));
    canvas.height = Math.max(1, Math.round(bitmap.height * scale));
    canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    return canvas.toDataURL("image/jpeg", 0.85).split(",")[1];
}

import { isIosApp } from "@web/core/browser/feature_detection";

const OPTIONS = { enableHighAccuracy: true, timeout: 15000, maximumAge: 0 };
// keys: what the standard of the Geolocation API calls PERMISSION_DENIED,
// POSITION_UNAVAILABLE and TIMEOUT
const ERRORS = { 1: "refused", 2: "unavailable", 3: "timeout" };

/**
 * Ask the device once where it is; whoever refuses, or cannot know, is not kept from
 * what he is doing.
 *
 * @returns {Promise<{mode: string, latitude?: number, longitude?: number, accuracy?: number}>}
 */
export function getPosition() {
    if (!window.isSecureContext) {
        return Promise.resolve({ mode: "insecure" });
    }
    // the app for iOS may not ask
    if (!navigator.geolocation || isIosApp()) {
        return Promise.resolve({ mode: "unavailable" });
    }
    return new Promise((resolve) => {
        navigator.geolocation.getCurrentPosition(
            ({ coords: { latitude, longitude, accuracy } }) =>
                resolve({ mode: "gps", latitude, longitude, accuracy }),
            (error) => resolve({ mode: ERRORS[error.code] || "unavailable" }),
            OPTIONS
        );
    });
}

/** What the server takes, said before anything is sent. What a file holds only the server knows for sure. */

import { _, fill } from "./gettext.js";

const MEGABYTE = 1024 * 1024;
const PHOTO = /^image\/(jpeg|png|webp|avif|hei[cf])$/;
const VIDEO = /^video\/(mp4|quicktime|webm)$/;
const TYPES = { heic: "image/heic", heif: "image/heif", avif: "image/avif", mov: "video/quicktime" }; // often left out

/** @returns {string} the type of a file, by its name where the browser does not tell */
export function typeOf({ type, name }) {
  return type || (TYPES[name.split(".").at(-1).toLowerCase()] ?? "");
}

/** @returns {boolean} */
export function isVideo(file) {
  return typeOf(file).startsWith("video/");
}

/**
 * @param {{name: string, type: string, size: number}} file
 * @param {{photoBytes: number, videoBytes: number}} most
 * @returns {string} why it cannot be sent; empty if it can
 */
export function refusal(file, { photoBytes, videoBytes }) {
  const { name, size } = file;
  const most = isVideo(file) ? videoBytes : photoBytes;
  if (!PHOTO.test(typeOf(file)) && !VIDEO.test(typeOf(file))) {
    return fill(_("%(name)s is neither a photo nor a video that can be shared."), { name });
  }
  if (size > most) {
    const named = { name, size: Math.ceil(size / MEGABYTE), limit: Math.floor(most / MEGABYTE) };
    return fill(_("%(name)s has %(size)s MB; the limit is %(limit)s MB."), named);
  }
  return "";
}

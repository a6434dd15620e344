/** Develops photos one after another, in a worker where the browser draws there, else in slices between frames. */

import { Undeveloped, developed, reduced } from "../lib/darkroom.js";
import { _ } from "../lib/gettext.js";
import { Line } from "../lib/line.js";

const IDLE_MS = 20_000; // then the worker goes, and its memory with it

export class Darkroom {
  #script;
  #mostBytes;
  #line = new Line(1); // one photo of full size in memory, however many wait
  #worker = null;
  #idle = null;

  /**
   * @param {string} script the worker's address
   * @param {number} mostBytes
   */
  constructor(script, mostBytes) {
    this.#script = script;
    this.#mostBytes = mostBytes;
  }

  /**
   * @param {Blob} file
   * @param {object} edits see lib/edits.js
   * @returns {Promise<Blob>}
   * @throws {Undeveloped} with what to tell the person
   */
  develop(file, edits) {
    return new Promise((resolve, reject) => {
      const failed = () => reject(new Undeveloped(_("This browser could not make the edited photo. Reset its edits to send it.")));
      this.#line.add(() => this.#developed(file, edits).then(resolve, failed));
    });
  }

  /** @returns {Promise<ImageBitmap>} the photo made small; @throws {Undeveloped} */
  look(file, side) {
    return new Promise((resolve, reject) => {
      this.#line.add(() => reduced(file, side).then(resolve, reject));
    });
  }

  #developed(file, edits) {
    const mostBytes = this.#mostBytes;
    if (drawsInWorkers()) return this.#sent({ file, edits, mostBytes });
    return developed(file, edits, { canvas: () => document.createElement("canvas"), breathe: nextFrame, mostBytes });
  }

  #sent(message) {
    clearTimeout(this.#idle);
    this.#worker ??= new Worker(this.#script, { type: "module" });
    const answer = new Promise((resolve, reject) => {
      this.#worker.onmessage = ({ data }) => (data.blob ? resolve(data.blob) : reject(new Undeveloped(data.failed)));
      this.#worker.onerror = ({ message: told }) => reject(new Undeveloped(told));
      this.#worker.postMessage(message);
    });
    return answer.finally(() => {
      this.#idle = setTimeout(() => this.#dismiss(), IDLE_MS);
    });
  }

  #dismiss() {
    this.#worker.terminate();
    this.#worker = null;
  }
}

function drawsInWorkers() {
  try {
    return new OffscreenCanvas(1, 1).getContext("2d") !== null;
  } catch {
    return false;
  }
}

function nextFrame() {
  return new Promise((resolve) => setTimeout(resolve));
}

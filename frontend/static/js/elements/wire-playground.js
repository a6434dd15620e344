/** A socket to play with: open, drop, resume, and say whatever one likes. The tape beside it shows what goes by. */

import "./wire-tape.js";
import { Api } from "../lib/api.js";
import { _, fill } from "../lib/gettext.js";
import { Probe } from "../lib/probe.js";
import { asCurl, asScript } from "../lib/snippets.js";
import { part } from "../page/part.js";

const COPIED_MS = 1_500;
const SHORT_LIST = /\[[^[\]{}]*\]/g;
const STATES = { off: _("not connected"), connecting: _("connecting"), greeting: _("connecting"), live: _("live") };

class WirePlayground extends HTMLElement {
  #probe = new Probe(new URL("/rt", location.href.replace(/^http/, "ws")).href);
  #closes = JSON.parse(document.getElementById("closes").textContent);
  #templates = JSON.parse(document.getElementById("commands").textContent);
  #counts = new Map();
  #gone = null;

  connectedCallback() {
    this.#gone = new AbortController();
    const { signal } = this.#gone;
    this.#probe.addEventListener("frame", ({ detail }) => this.#frame(detail), { signal });
    this.#probe.addEventListener("change", () => this.#draw(), { signal });
    this.#probe.addEventListener("end", ({ detail }) => this.#ended(detail), { signal });
    this.addEventListener("click", ({ target }) => this.#clicked(target.closest("button")), { signal });
    this.addEventListener("submit", (event) => this.#submitted(event), { signal });
    this.addEventListener("change", () => this.#draw(), { signal });
    this.querySelector("textarea").addEventListener("keydown", (event) => this.#key(event), { signal });
    addEventListener("pagehide", () => this.#probe.drop(), { signal });
    this.#template("sub");
    this.#draw();
  }

  disconnectedCallback() {
    this.#gone.abort();
    this.#probe.drop();
  }

  get #tape() {
    return this.querySelector("wire-tape");
  }

  get #topics() {
    return part(this, "topics").value.split(/[\s,]+/).filter(Boolean);
  }

  #clicked(button) {
    const { act, type, template, copy } = button?.dataset ?? {};
    if (act) this.#acts[act]();
    else if (type) this.#filter(button, type);
    else if (template) this.#template(template);
    else if (copy) this.#copy(button, copy);
  }

  #acts = {
    connect: () => this.#connect(null),
    resume: () => this.#connect(this.#probe.status.cursor),
    drop: () => {
      this.#probe.drop();
      this.#tape.note(_("The line was dropped. The cursor is kept: resume from it."));
    },
    clear: () => {
      this.#tape.clear();
      this.#counts.clear();
      this.#draw();
    },
  };

  async #connect(cursor) {
    this.#complain("");
    const hello = { client: { app: "playground" }, topics: this.#topics, ...(cursor && { cursor }) };
    try {
      const ticket = await this.#ticket();
      this.#probe.connect(ticket ? { auth: { ticket }, ...hello } : hello);
    } catch (error) {
      this.#complain(error.message);
    }
  }

  // The token itself never travels with the socket: it buys a ticket that works once.
  async #ticket() {
    if (part(this, "session").checked) return null;
    const api = new Api({ cookies: () => "" });
    const answer = await api.fetch("/api/v1/realtime/ticket", {
      method: "POST",
      credentials: "omit",
      headers: { Authorization: `Bearer ${part(this, "token").value.trim()}` },
    });
    return (await answer.json()).ticket;
  }

  #frame(frame) {
    const type = frame.message?.t ?? "?";
    this.#counts.set(type, (this.#counts.get(type) ?? 0) + 1);
    this.#tape.add(hushed(frame));
  }

  #ended({ code, reason }) {
    const why = this.#closes[code] ?? reason;
    this.#tape.note(fill(why ? _("Closed with %(code)s: %(why)s.") : _("Closed with %(code)s."), { code, why }));
    part(this, "code").textContent = code;
  }

  #submitted(event) {
    event.preventDefault();
    const text = this.querySelector("textarea").value;
    if (!this.#probe.send(compact(text))) this.#complain(_("Connect first."));
  }

  #key(event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.target.form.requestSubmit();
  }

  #template(name) {
    const template = this.#templates.find(({ t }) => t === name);
    const { cursor } = this.#probe.status;
    const [topic] = this.#topics;
    const fitting = { ...template };
    if (cursor && "seq" in fitting) Object.assign(fitting, "epoch" in fitting ? cursor : { seq: cursor.seq });
    if (topic && "topics" in fitting) fitting.topics = this.#topics;
    if (topic && "topic" in fitting) fitting.topic = topic;
    this.querySelector("textarea").value = JSON.stringify(fitting, null, 2).replace(SHORT_LIST, short);
    for (const button of this.querySelectorAll("[data-template]")) {
      button.setAttribute("aria-pressed", button.dataset.template === name);
    }
  }

  #filter(button, type) {
    const shown = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", shown);
    this.#tape.toggle(type, shown);
  }

  async #copy(button, kind) {
    const { cursor } = this.#probe.status;
    const text = { curl: asCurl, script: asScript }[kind](location.origin, { cursor, topics: this.#topics });
    part(this, "snippet").textContent = text;
    part(this, "snippet").hidden = false;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      return; // not allowed here: it stands below, to be selected
    }
    const words = button.textContent;
    button.textContent = _("Copied");
    setTimeout(() => (button.textContent = words), COPIED_MS);
  }

  #complain(words) {
    const place = part(this, "complaint");
    place.textContent = words;
    place.hidden = !words;
  }

  #draw() {
    const { state, conn, resume, cursor, head, replayed } = this.#probe.status;
    const off = state === "off";
    this.dataset.state = state;
    part(this, "state").textContent = STATES[state];
    part(this, "conn").textContent = off ? "" : conn;
    part(this, "cursor").textContent = cursor ? cursor.seq : "–";
    part(this, "head").textContent = cursor ? head : "–";
    part(this, "replayed").textContent = replayed;
    part(this, "resumed").textContent = resume || "–";
    part(this, "token-field").hidden = part(this, "session").checked;
    this.querySelector('[data-act="connect"]').disabled = !off;
    this.querySelector('[data-act="drop"]').disabled = off;
    this.querySelector('[data-act="resume"]').disabled = !off || !cursor;
    for (const button of this.querySelectorAll("button[data-type]")) {
      const count = this.#counts.get(button.dataset.type) ?? 0;
      part(button, "count").textContent = count;
      button.hidden = count === 0;
    }
  }
}

/** A ticket is a secret for a minute: not for the screen, of which people send each other pictures. */
function hushed({ out, text, message }) {
  if (!out || !message) return { out, text, message };
  if (message.auth?.ticket) message = { ...message, auth: { ticket: "…" } };
  return { out, text, message: message.ticket ? { ...message, ticket: "…" } : message };
}

/** A list of plain values reads better in one line. */
function short(list) {
  return list.replace(/\s+/g, " ").replace("[ ", "[").replace(" ]", "]");
}

/** One line where it is JSON; else as it is, since that too is worth a try. */
function compact(text) {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return text;
  }
}

customElements.define("wire-playground", WirePlayground);

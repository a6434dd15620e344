/** One row of a comment, as content/_comment.html prints it, from what REST and frames say. */

import { fill, plural } from "../lib/gettext.js";
import { byId } from "../lib/order.js";
import { writeHtml } from "./fragment.js";
import { clone, own, part, write } from "./part.js";
import { face } from "./people.js";

const ROWS = ":scope > [data-comment]";

/** @returns {Element} the row of a comment; one without an id is on its way */
export function commentRow({ id = "", author, text, text_html, created_at, parent, like_count = 0, reply_count = 0, ver = 0 }) {
  const row = clone("comment");
  row.dataset.comment = id;
  if (id) row.id = `comment-${id}`;
  face(part(row, "avatar"), author);
  Object.assign(part(row, "author"), { textContent: author.username, href: author.url ?? `/@${author.username}/` });
  if (text_html) writeHtml(part(row, "text"), text_html);
  else part(row, "text").textContent = text;
  part(row, "time").setAttribute("datetime", created_at);
  if (parent) makeReply(row);
  if (id) giveId(row, id);
  count(row, [ver, like_count, reply_count]);
  return row;
}

/** Show the row as on its way, as refused (`retry` is what its button does), or as any other. */
export function mark(row, state, retry = null) {
  row.classList.toggle("comment--pending", state === "pending");
  row.classList.toggle("comment--failed", state === "failed");
  part(row, "sending").hidden = state !== "pending";
  Object.assign(part(row, "retry"), { hidden: state !== "failed", onclick: retry });
}

/** Take counts of the server's: [ver, likes, answers]. */
export function count(row, [ver, likes, replies]) {
  row.querySelector("comment-like")?.apply(ver, likes);
  const more = own(row, "more");
  if (!more || replies === undefined) return;
  const words = plural("View %(many)s reply", "View %(many)s replies", replies);
  if (!("complete" in row.dataset)) write(more, replies ? fill(words, { many: replies }) : "");
}

/** Take what a newly printed row says of the same comment. */
export function renew(row, printed) {
  const { ver, count: likes } = printed.querySelector("comment-like").dataset;
  row.querySelector("comment-like").apply(Number(ver), Number(likes));
  if ("complete" in printed.dataset || row.querySelector("[data-comment]")) return;
  delete row.dataset.complete; // it was answered meanwhile
  write(own(row, "more"), own(printed, "more").textContent);
}

/** @returns {Element[]} the rows of a list, without the answers in them */
export function rowsOf(list) {
  return [...list.querySelectorAll(ROWS)];
}

/** Put the rows in the server's order: the pinned one, then the oldest. Moves only what is out of place: focus stays. */
export function sort(list) {
  const wanted = rowsOf(list).sort((one, other) => pinned(other) - pinned(one) || byId(one.dataset.comment, other.dataset.comment));
  wanted.forEach((row, at) => row !== list.children[at] && list.insertBefore(row, list.children[at]));
}

function pinned(row) {
  return Number("pinned" in row.dataset);
}

function makeReply(row) {
  row.classList.add("comment--reply");
  own(row, "replies").remove();
  own(row, "more").remove();
}

function giveId(row, id) {
  for (const form of row.querySelectorAll("form")) form.action = form.getAttribute("action").replace("/0/", `/${id}/`);
}

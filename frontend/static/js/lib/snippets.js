/** What the playground does, for a terminal and for a program. Secrets stay out: `$TOKEN` stands for one. */

/**
 * @param {string} origin
 * @param {{cursor: {epoch: string, seq: number} | null, topics: string[]}} hello
 * @returns {string} the same stream over Server-Sent Events
 */
export function asCurl(origin, { cursor, topics }) {
  const query = topics.length ? `?topics=${topics.map(encodeURIComponent).join(",")}` : "";
  const resume = cursor ? ` \\\n  -H 'Last-Event-ID: ${cursor.epoch}.${cursor.seq}'` : "";
  return `curl -N -H "Authorization: Bearer $TOKEN"${resume} \\\n  '${origin}/rt/sse${query}'`;
}

/** @returns {string} a socket in JavaScript, with a one-use ticket */
export function asScript(origin, { cursor, topics }) {
  const hello = JSON.stringify({ t: "hello", auth: { ticket: "" }, ...(cursor && { cursor }), topics });
  return `const answer = await fetch("${origin}/api/v1/realtime/ticket", {
  method: "POST",
  headers: { Authorization: \`Bearer \${TOKEN}\` },
});
const { ticket } = await answer.json();
const socket = new WebSocket("${origin.replace(/^http/, "ws")}/rt");
socket.onopen = () => socket.send(JSON.stringify(${hello.replace('{"ticket":""}', "{ ticket }")}));
socket.onmessage = ({ data }) => data.split("\\n").map(JSON.parse).forEach((frame) => console.log(frame));`;
}

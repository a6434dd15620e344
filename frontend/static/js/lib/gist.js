/** A message in a few words. */

const GISTS = {
  hello: ({ cursor, auth }) => [cursor && `from ${cursor.seq}`, auth && "with a ticket"].filter(Boolean).join(", ") || "afresh",
  welcome: ({ resume, head, user }) => `${user ? user.username : "a visitor"}, ${resume}, head ${head}`,
  ready: ({ seq }) => `live from ${seq}`,
  ev: ({ seq, k }) => `${seq} ${k}`,
  st: ({ topic, ver }) => `${topic} at ${ver}`,
  cnt: ({ d }) => counts(Object.entries(d ?? {})),
  eph: ({ topic }) => topic,
  hb: ({ top, seq }) => (top === undefined ? `at ${seq ?? 0}` : `head ${top}`),
  lag: ({ from }) => `from ${from}`,
  resync: ({ reason, at }) => `${reason}, from ${at?.seq}`,
  reconnect: ({ reason, in: window }) => `${reason}, in ${window?.join(" to ")} ms`,
  revoked: ({ topics, reason }) => `${topics?.length ? topics.join(", ") : "all"}: ${reason}`,
  ok: ({ topics, denied }) => granted(Object.keys(topics ?? {}), Object.keys(denied ?? {})),
  err: ({ code, msg }) => `${code} ${msg}`,
  sub: ({ topics }) => topics?.join(", "),
  unsub: ({ topics }) => topics?.join(", "),
  view: ({ add, del }) => `${add?.length ?? 0} more, ${del?.length ?? 0} less`,
  ack: ({ seq }) => String(seq),
  resume: ({ seq }) => `from ${seq}`,
  typing: ({ topic }) => topic,
  auth: () => "a ticket",
};

/**
 * @param {object | null} message null for what is no message
 * @returns {string} "" where there is nothing to say, or the message is not as it should be
 */
export function gist(message) {
  try {
    return GISTS[message?.t]?.(message) ?? "";
  } catch {
    return ""; // somebody is playing
  }
}

function counts(posts) {
  if (posts.length !== 1) return `${posts.length} posts`;
  const [[post, [, likes, comments]]] = posts;
  return `${post}: ${likes} likes, ${comments} comments`;
}

function granted(topics, denied) {
  return [topics.length && topics.join(", "), denied.length && `denied ${denied.join(", ")}`].filter(Boolean).join("; ");
}

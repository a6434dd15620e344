/** What a caption holds, as the server counts it (content/text.py). */

const FOUND = /(?<![\p{L}\p{N}_/&#@])(?:@(?<person>[A-Za-z0-9](?:[A-Za-z0-9._]{0,28}[A-Za-z0-9_])?)(?![\p{L}\p{N}_])|#(?<tag>\p{N}*[\p{L}_][\p{L}\p{N}\p{M}_]*))/gu;

/** @returns {{characters: number, people: number, tags: number}} each person and tag once */
export function counted(text) {
  const found = [...text.matchAll(FOUND)].map(({ groups }) => groups);
  return {
    characters: [...text.trim()].length,
    people: distinct(found.map(({ person }) => person?.toLowerCase())),
    tags: distinct(found.map(({ tag }) => tag?.toLowerCase().normalize("NFC"))),
  };
}

function distinct(names) {
  return new Set(names.filter(Boolean)).size;
}

// JSON with comments and trailing commas, as configurations are written.

/** Reads it; an object without members where it cannot be read. */
export function readCommented(text) {
  try {
    return JSON.parse(withoutTrailingCommas(withoutComments(text)));
  } catch {
    return {};
  }
}

/** Texts are passed over, so that what looks like a comment in one stays. */
function withoutComments(text) {
  return text.replace(/"(?:[^"\\]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (part) => (part.startsWith('"') ? part : ' '));
}

function withoutTrailingCommas(text) {
  return text.replace(/"(?:[^"\\]|\\.)*"|,(?=\s*[}\]])/g, (part) => (part.startsWith('"') ? part : ''));
}

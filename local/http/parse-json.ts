/** Why a text is not read; the message never quotes it, since it may hold SQL. */
export class JsonUnreadable extends Error {
  override readonly name = 'JsonUnreadable';
}

/**
 * Lists and objects within each other. A guess: AWS documents none but DynamoDB's 32 levels of attributes. Without a
 * bound, whatever walks through a value by recursion ends in an overflown stack.
 */
const MOST_LEVELS = 100;

/**
 * Reads JSON that a stranger wrote.
 *
 * @param what names the text in messages
 * @throws JsonUnreadable unless it is JSON of at most 100 levels
 */
export function parseJson(text: string, what: string): unknown {
  if (levelsOf(text) > MOST_LEVELS) {
    throw new JsonUnreadable(`Expected ${what} to nest at most ${MOST_LEVELS} levels, got more.`);
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new JsonUnreadable(`Expected ${what} to be JSON, got something else.`, { cause });
  }
}

/** Counted in the text, since a parsed value could only be walked through level by level. */
function levelsOf(text: string): number {
  let level = 0;
  let most = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/gs)) {
    if (token === '[' || token === '{') {
      level += 1;
      most = Math.max(most, level);
    } else if (token === ']' || token === '}') {
      level -= 1;
    }
  }
  return most;
}

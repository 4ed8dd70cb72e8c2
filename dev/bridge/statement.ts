/** A statement in which only the words that count are left: what literals, quoted names and comments say is gone. */
export type BareStatement = {
  /** Lower case; a string is `''`, a quoted name `` `` ``, a comment a blank. */
  text: string;
  /** The same with everything between parentheses left out. */
  topLevel: string;
};

/** Where a string, a quoted name or a comment begins. An executable comment (`/*!`) is none: the server runs it. */
const OPENING = /['"`#]|\/\*(?!M?!)|--(?=\s|$)/g;

/** Where it ends, or where a character comes that may keep it from ending. */
const CLOSING: Record<string, RegExp> = {
  "'": /['\\]/g,
  '"': /["\\]/g,
  "`": /`/g,
  "/*": /\*\//g,
};
const END_OF_LINE = /\n/g;

/** Blanks what is quoted or commented out. Quotes are read as in MySQL's default mode: `"` is a string's. */
export function bareStatement(sql: string): BareStatement {
  const text = dropQuiet(sql).toLowerCase().trim();
  return { text, topLevel: dropParenthesised(text) };
}

/** The first word of a statement, in lower case; comments and opening parentheses before it do not count. */
export function firstWord(sql: string): string {
  const plain = /^\s*([a-zA-Z]+)/.exec(sql)?.[1];
  return plain?.toLowerCase() ?? /^[\s(]*([a-z]+)/.exec(bareStatement(sql).text)?.[1] ?? "";
}

/** Step by step: one pattern for a whole string runs out of stack on a string of some megabytes. */
function dropQuiet(sql: string): string {
  const kept: string[] = [];
  let from = 0;
  for (let opening = next(OPENING, sql, 0); opening !== null; opening = next(OPENING, sql, from)) {
    const [mark] = opening;
    const end = endOfQuiet(sql, mark, opening.index + mark.length);
    kept.push(sql.slice(from, opening.index), blank(mark));
    from = end;
  }
  return kept.join("") + sql.slice(from);
}

/** The place after what `mark` opened; the end of the statement if nothing closes it. */
function endOfQuiet(sql: string, mark: string, start: number): number {
  const closing = CLOSING[mark] ?? END_OF_LINE;
  for (let found = next(closing, sql, start); found !== null; found = next(closing, sql, closing.lastIndex + 1)) {
    // A backslash takes the next character with it, and a doubled quote is one inside.
    const isInside = found[0] === "\\" || (/['"`]/.test(mark) && sql[closing.lastIndex] === mark);
    if (!isInside) return closing.lastIndex;
  }
  return sql.length;
}

function next(pattern: RegExp, text: string, from: number): RegExpExecArray | null {
  pattern.lastIndex = from;
  return pattern.exec(text);
}

function blank(mark: string): string {
  if (mark === "'" || mark === '"') return "''";
  return mark === "`" ? "``" : " ";
}

function dropParenthesised(text: string): string {
  let kept = "";
  let depth = 0;
  for (const part of text.split(/([()])/)) {
    if (part === ")") depth -= 1;
    if (depth <= 0) kept += part;
    if (part === "(") depth += 1;
  }
  return kept;
}

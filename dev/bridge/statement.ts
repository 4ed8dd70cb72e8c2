/** A statement in which only the words that count are left: what literals, quoted names and comments say is gone. */
export type BareStatement = {
  /** Lower case; a string is `''`, a quoted name `` `` ``, a comment a blank. */
  text: string;
  /** The same with everything between parentheses left out. */
  topLevel: string;
};

/**
 * Strings, quoted names and comments, each with its own escapes. An executable comment (`/*!`) is not
 * one of them: the server runs it, so its words count.
 */
const QUIET =
  /'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|`(?:[^`]|``)*`|\/\*(?!M?!).*?(?:\*\/|$)|#[^\n]*|--(?=\s|$)[^\n]*/gs;

/** Blanks what is quoted or commented out. Quotes are read as in MySQL's default mode: `"` is a string's. */
export function bareStatement(sql: string): BareStatement {
  const text = sql.replace(QUIET, blank).toLowerCase().trim();
  return { text, topLevel: dropParenthesised(text) };
}

/** The first word of a statement, in lower case; comments and opening parentheses before it do not count. */
export function firstWord(sql: string): string {
  const plain = /^\s*([a-zA-Z]+)/.exec(sql)?.[1];
  return plain?.toLowerCase() ?? /^[\s(]*([a-z]+)/.exec(bareStatement(sql).text)?.[1] ?? "";
}

function blank(quiet: string): string {
  const first = quiet.charAt(0);
  if (first === "'" || first === '"') return "''";
  return first === "`" ? "``" : " ";
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

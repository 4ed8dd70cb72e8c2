import { bareStatement, firstWord } from "./statement.ts";
import type { BareStatement } from "./statement.ts";

/** First words of the statements that go through; any other is refused by its name. */
const STATEMENTS = new Set(
  (
    "select insert update delete replace with values show describe desc explain create alter drop truncate rename " +
    "analyze optimize do begin start commit rollback savepoint release"
  ).split(" "),
);

/** Words without which no rule below can match: most statements have none and are not looked at any further. */
const SUSPECT =
  /;|:=|returning|recursive|lateral|json_table|\bas\b|database|schema|procedure|function|trigger|event|temporary|replace|\binto\s*(?:@|outfile|dumpfile)|_lock|last_insert_id|found_rows|row_count/i;

type Rule = { what: string; matches: (statement: BareStatement) => boolean };

/**
 * What Vitess or PlanetScale does not take (planetscale.com/docs, "MySQL compatibility"), whether or not the
 * server behind the bridge would.
 */
const vitessRules: Rule[] = [
  { what: "more than one statement", matches: ({ text }) => /;\s*[^\s;]/.test(text) },
  { what: "RETURNING", matches: ({ text }) => /^(?:insert|replace|update|delete)\b.*\breturning\b/s.test(text) },
  { what: "WITH RECURSIVE", matches: ({ text }) => /\bwith\s+recursive\b/.test(text) },
  {
    what: "INSERT with a row alias",
    matches: ({ topLevel }) =>
      /^(?:insert|replace)\b.*?\bvalues?\s*\(\)(?:\s*,\s*\(\))*\s*as\b/s.test(topLevel) ||
      /^(?:insert|replace)\b(?:(?!\bselect\b).)*\bset\b(?:(?!\bselect\b).)*\bas\s+\S+\s*(?:\(\)\s*)?on\s+duplicate\b/s.test(
        topLevel,
      ),
  },
  { what: "JSON_TABLE", matches: ({ text }) => /\bjson_table\s*\(/.test(text) },
  { what: "LATERAL", matches: ({ text }) => /\blateral\b/.test(text) },
  { what: "the assignment operator :=", matches: ({ text }) => text.includes(":=") },
  {
    what: "CREATE, ALTER or DROP DATABASE",
    matches: ({ text }) => /^(?:create|alter|drop)\s+(?:database|schema)\b/.test(text),
  },
  {
    what: "stored procedures, functions, triggers and events",
    matches: ({ text }) =>
      /^(?:create|alter|drop)\s+(?:or\s+replace\s+)?(?:definer\s*=\s*\S+(?:\s*@\s*\S+)?\s+)?(?:aggregate\s+)?(?:procedure|function|trigger|event)\b/.test(
        text,
      ),
  },
  { what: "CREATE OR REPLACE TABLE", matches: ({ text }) => /^create\s+or\s+replace\s+table\b/.test(text) },
  { what: "SELECT INTO", matches: ({ text }) => /\binto\s*(?:@|outfile\b|dumpfile\b)/.test(text) },
];

/** What Vitess keeps per session; here a connection is kept only during a transaction, so it would go wrong silently. */
const bridgeRules: Rule[] = [
  { what: "temporary tables", matches: ({ text }) => /^(?:create|drop)\s+temporary\b/.test(text) },
  { what: "named locks", matches: ({ text }) => /\b(?:get|release|is_free|is_used)_(?:all_)?locks?\s*\(/.test(text) },
  {
    what: "LAST_INSERT_ID(), FOUND_ROWS() and ROW_COUNT(), which come with the result,",
    matches: ({ text }) => /\b(?:last_insert_id\s*\(\s*\)|found_rows\s*\(|row_count\s*\()/.test(text),
  },
];

/**
 * The reason why a statement is refused, without any text of the statement; undefined lets it through.
 * Words in strings, quoted names and comments do not count.
 */
export function refusalOf(sql: string): string | undefined {
  const word = firstWord(sql);
  if (!STATEMENTS.has(word)) {
    return `VT12001: unsupported: ${word === "" ? "an empty statement" : `${word.toUpperCase()} statement`}`;
  }
  if (!SUSPECT.test(sql)) return undefined;
  const statement = bareStatement(sql);
  const broken = vitessRules.find((rule) => rule.matches(statement));
  if (broken !== undefined) return `VT12001: unsupported: ${broken.what}`;
  const unkept = bridgeRules.find((rule) => rule.matches(statement));
  return unkept && `VT12001: unsupported: ${unkept.what} by the local bridge`;
}

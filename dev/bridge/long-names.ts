import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** From this byte on, a length-encoded string has its length in the bytes that follow, not in this one. */
const LONG = 0xfb;
/** Strings at the head of a column definition: catalog, schema, table alias, table, column alias, column. */
const NAMES = 6;

/** A packet of the connector (mariadb 3.5, `lib/io/packet.js`): the bytes from `pos` to `end` are still to be read. */
type Packet = { buf: Buffer; pos: number; end: number; update: (buf: Buffer, pos: number, end: number) => unknown };
type ColumnReader = (this: unknown, packet: Packet, ...rest: unknown[]) => unknown;

let isRepaired = false;

/**
 * Repairs the connector's reader of column definitions: mariadb 3.5 (`lib/cmd/column-definition.js`) takes the original
 * names of a column and its table for shorter than 251 bytes. Where a result comes from a temporary table (UNION, derived
 * tables), MariaDB gives the text of an unaliased expression as original name, up to 255 bytes of it.
 * Throws if the connector has no such reader any more; then this is to be looked at again, or dropped.
 */
export function repairColumnReader(): void {
  if (isRepaired) return;
  const require = createRequire(import.meta.url);
  // Not among the package's exports, hence by its place. `require` gives the very module that `import` has loaded.
  const place = join(dirname(require.resolve("mariadb")), "../lib/cmd/parser.js");
  // oxlint-disable-next-line import/no-dynamic-require -- a place found, not a choice
  const { default: parser } = require(place) as { default: { prototype: { readColumn?: ColumnReader } } };
  const { readColumn } = parser.prototype;
  if (readColumn === undefined) throw new Error("The mariadb connector reads columns in a way unknown to the bridge.");
  parser.prototype.readColumn = function (packet, ...rest) {
    dropLongNames(packet);
    return readColumn.call(this, packet, ...rest);
  };
  isRepaired = true;
}

/**
 * Empties the names of 251 bytes or more which the reader would misread. None is lost that means anything: a name of
 * a real column or table has 64 characters at most (192 bytes).
 */
function dropLongNames(packet: Packet): void {
  const kept: Buffer[] = [];
  let from = packet.pos;
  let at = packet.pos;
  for (let name = 0; name < NAMES; name += 1) {
    const long = (packet.buf[at] ?? 0) >= LONG;
    const next = long ? at + 3 + packet.buf.readUInt16LE(at + 1) : at + 1 + (packet.buf[at] ?? 0);
    // The aliases are read as they should be.
    if (long && name !== 2 && name !== 4) {
      kept.push(packet.buf.subarray(from, at), Buffer.of(0));
      from = next;
    }
    at = next;
  }
  if (kept.length === 0) return;
  const repaired = Buffer.concat([...kept, packet.buf.subarray(from, packet.end)]);
  packet.update(repaired, 0, repaired.length);
}

import { customType } from "drizzle-orm/mysql-core";
import { instantOf, textOf } from "./time.ts";

/**
 * Column types that mean the same on MySQL, Vitess and MariaDB. Identifiers use binary collations, so that
 * case and accents count; the names of newer collations are avoided, as MariaDB 10.11 does not know them.
 */
export const clientId = customType<{ data: string; config: { length: number } }>({
  dataType: (config) => `varchar(${config?.length ?? 64}) character set utf8mb4 collate utf8mb4_bin`,
});

/** An id that the app makes: readable prefix and UUIDv7, ASCII, at most 40 characters. */
export const appId = customType<{ data: string }>({
  dataType: () => "varchar(40) character set ascii collate ascii_bin",
});

/** A SHA-256 digest as 43 characters of base64url. */
export const digest = customType<{ data: string }>({
  dataType: () => "char(43) character set ascii collate ascii_bin",
});

/** A word of a closed set: state, code, lane. */
export const word = customType<{ data: string }>({
  dataType: () => "varchar(20) character set ascii collate ascii_bin",
});

/**
 * A UTC instant with milliseconds, in ms since the epoch. Always written and compared by
 * `UTC_TIMESTAMP(3)` or from this type, never by `NOW()`, so the session's time zone does not matter.
 */
export const instant = customType<{ data: number; driverData: string }>({
  dataType: () => "datetime(3)",
  toDriver: textOf,
  fromDriver: instantOf,
});

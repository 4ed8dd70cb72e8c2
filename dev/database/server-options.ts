/** The SQL mode that MySQL 8 has by default; production and the bridge have it too. */
export const SQL_MODE = [
  "ONLY_FULL_GROUP_BY",
  "STRICT_TRANS_TABLES",
  "NO_ZERO_IN_DATE",
  "NO_ZERO_DATE",
  "ERROR_FOR_DIVISION_BY_ZERO",
  "NO_ENGINE_SUBSTITUTION",
].join(",");

/** Options of the private server: durable as in production, MySQL's defaults where MariaDB's differ, little memory. */
export function serverOptions(): string[] {
  return [
    ...(process.getuid?.() === 0 ? ["--user=root"] : []),
    "--innodb-flush-log-at-trx-commit=1",
    "--skip-log-bin",
    "--character-set-server=utf8mb4",
    "--collation-server=utf8mb4_unicode_520_nopad_ci",
    "--default-time-zone=+00:00",
    `--sql-mode=${SQL_MODE}`,
    "--transaction-isolation=REPEATABLE-READ",
    // On by default from 11.6, and unknown to MySQL: it would raise errors that production does not.
    "--loose-innodb-snapshot-isolation=OFF",
    "--max-allowed-packet=64M",
    "--local-infile=OFF",
    "--skip-name-resolve",
    "--performance-schema=OFF",
    "--max-connections=200",
    "--innodb-buffer-pool-size=64M",
    "--innodb-log-file-size=48M",
    "--key-buffer-size=1M",
    "--aria-pagecache-buffer-size=4M",
  ];
}

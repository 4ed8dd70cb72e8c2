import { findOrInstallMariadb } from "./database/mariadb-binary.ts";
import { runCommand } from "./local/run-command.ts";

/** Runs before the tests: many of them start a database at once, and only one of them could install it. */
await runCommand(async () => {
  if ((process.env["MYSQL_URL"] ?? "") === "") await findOrInstallMariadb(console.log);
});

import { parseArgs } from "node:util";
import { createKey, listKeys, revokeKey, type NewKey } from "./keys/kept-keys.ts";
import { chooseDatabase } from "./keys/choose-database.ts";
import { printKeys } from "./keys/print-keys.ts";
import { runCommand } from "./local/run-command.ts";

const HELP = `npm run keys: the keys that let somebody in. The first one comes from here, further ones from here or from /v1/keys.

  npm run keys -- create --name NAME --scopes send,read     prints a new key, once: only its digest is kept
    --enterprise ID     it is for this enterprise only; for all of them without
    --test              nothing real is sent with it
    --expires INSTANT   it counts until then (RFC 3339, as 2027-01-31T00:00:00Z); for ever without
  npm run keys -- list                                      what keys there are, newest first
  npm run keys -- revoke KEY_ID                             it counts nowhere any more after 30 seconds

Scopes: send (post updates), read (see what happened), admin (both, and change everything).

  --url https://USER:PASSWORD@HOST   the database, over PlanetScale's HTTP API. Without it: DATABASE_URL from the
                                     environment, else from .dev.vars. It must be migrated: npm run db:migrate`;

await runCommand(async () => {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      help: { type: "boolean", short: "h" },
      url: { type: "string" },
      name: { type: "string" },
      scopes: { type: "string" },
      enterprise: { type: "string" },
      test: { type: "boolean", default: false },
      expires: { type: "string" },
    },
  });
  const [command, keyId, ...rest] = positionals;
  if (values.help === true) return console.log(HELP);
  const database = () => chooseDatabase(values.url);
  if (command === "create" && keyId === undefined) {
    const { key, keyId: id } = await createKey(database(), readNewKey(values));
    console.log(`${id}\n\n  ${key}\n\nKeep it now: it cannot be shown again.`);
  } else if (command === "list" && keyId === undefined) {
    printKeys(await listKeys(database()));
  } else if (command === "revoke" && keyId !== undefined && rest.length === 0) {
    console.log(await revokeKey(database(), keyId));
  } else {
    throw new Error(`Say create, list or revoke KEY_ID.\n\n${HELP}`);
  }
});

function readNewKey(values: {
  name?: string | undefined;
  scopes?: string | undefined;
  enterprise?: string | undefined;
  test: boolean;
  expires?: string | undefined;
}): NewKey {
  const { name, scopes, enterprise = null, test, expires } = values;
  if (name === undefined || scopes === undefined) throw new Error("create takes --name and --scopes (see --help).");
  return { name, scopes: scopes.split(","), enterprise, mode: test ? "test" : "live", expires: expires ?? null };
}

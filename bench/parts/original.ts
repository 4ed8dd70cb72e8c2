import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { createPool } from "mariadb";
import { connectorConfig, type MysqlAddress } from "../../dev/database/mysql-url.ts";
import { servePart } from "../../dev/rig/parts/serve-part.ts";
import { createOriginal, SLOTS } from "../contenders/original.ts";

export type OriginalOptions = { database: MysqlAddress; twilioUrl: string; sendgridUrl: string };

/** A service of the original's shape, which takes the same posts as ours. */
servePart(async ({ database, ...urls }: OriginalOptions) => {
  const pool = createPool({ ...connectorConfig(database), connectionLimit: SLOTS });
  const notify = createOriginal(pool, urls);
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    try {
      await notify((await json(request)) as Record<string, string>);
      response.writeHead(200, { "content-type": "application/json" }).end('{"status":200,"message":"Sent."}');
    } catch (error) {
      console.error(error);
      response.writeHead(500).end();
    }
  };
  const server = createServer((request, response) => void answer(request, response));
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
});

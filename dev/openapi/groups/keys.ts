import * as z from "zod";
import { SCOPES } from "../../../src/domain/caller.ts";
import { keyBody } from "../../../src/domain/key-request.ts";
import { resourceQueries } from "../../../src/domain/resource-query.ts";
import { instant, pageNotes, pageOf } from "../answers.ts";
import type { Group } from "../operation.ts";

const KEY_ID = z.string().meta({ pattern: "^key_[0-9A-Za-z]{16}$" });

const members = {
  key_id: KEY_ID,
  name: z.string(),
  mode: z.enum(["live", "test"]),
  scopes: z.array(z.enum(SCOPES)),
  enterprise_id: z.nullable(z.string()).meta({ description: "the one enterprise that it is for; null: all of them" }),
  created_at: instant,
  expires_at: z.nullable(instant).meta({ description: "null: never" }),
  last_used_at: z.nullable(instant).meta({ description: "to the minute" }),
  revoked_at: z.nullable(instant),
};

const listed = z.object(members).meta({ id: "Key" });

const added = z
  .object({
    ...members,
    key: z.string().meta({
      pattern: "^nk_(live|test)_[0-9A-Za-z]{16}_[0-9A-Za-z]{49}$",
      description: "the key itself; nobody is told it again",
    }),
  })
  .meta({ id: "NewKey" });

const example = {
  key_id: "key_0QjVvY3S4kFz9aB2",
  name: "shop",
  mode: "live",
  scopes: ["send", "read"],
  enterprise_id: "demo",
  created_at: "2026-11-23T08:00:05.000Z",
  expires_at: null,
  last_used_at: null,
  revoked_at: null,
};

/** The keys that let somebody in. */
export const keyGroup: Group = {
  name: "Keys",
  description:
    "The keys that let somebody in. The first one comes from `npm run keys`. Nobody gives more than they have: a key of one enterprise makes, sees and revokes that enterprise's keys, and a test key test keys.",
  operations: [
    {
      id: "addKey",
      method: "POST",
      path: "/v1/keys",
      access: "admin",
      summary: "Make a key",
      description: "This answer is the only one that has the key itself: what is kept of it is a digest.",
      body: {
        schema: keyBody(0),
        notes: {
          name: "what you call it",
          scopes: "`send` posts updates, `read` reads what happened, `admin` does both and all else",
          mode: "as that of the key that it is made with, unless given; nothing real is sent with a `test` key",
          enterprise_id: "the one enterprise that it is for; without, that of the key that it is made with, if any",
          expires_at: "RFC 3339; it counts until then, for ever without",
        },
      },
      answers: [
        {
          status: 201,
          description: "It counts.",
          schema: added,
          headers: { Location: { description: "where it is" } },
        },
      ],
      problems: ["enterprise_not_found"],
      examples: [
        {
          name: "add",
          summary: "Make a key that sends and reads for one enterprise",
          request: { body: { name: "shop", scopes: ["send", "read"], enterprise_id: "demo" } },
          answer: {
            status: 201,
            body: { ...example, key: "nk_live_0QjVvY3S4kFz9aB2_9dK2mXw7RkQh4T1sYbLzV8uNcJ3pGfA5eEoWiC6tHxM0qZD4n" },
          },
        },
      ],
    },
    {
      id: "listKeys",
      method: "GET",
      path: "/v1/keys",
      access: "admin",
      summary: "List keys",
      description: "Newest first, with those that are revoked or have expired; never the keys themselves.",
      query: { schema: resourceQueries.keys, notes: { ...pageNotes, enterprise_id: "of this enterprise alone" } },
      answers: [{ status: 200, description: "A page.", schema: pageOf(listed) }],
      problems: [],
      examples: [
        {
          name: "page",
          summary: "The first page",
          request: { query: { enterprise_id: "demo" } },
          answer: { status: 200, body: { data: [example], next: null } },
        },
      ],
    },
    {
      id: "revokeKey",
      method: "DELETE",
      path: "/v1/keys/{key_id}",
      access: "admin",
      summary: "Revoke a key",
      description: "Nowhere does it count for longer than 30 seconds more. Revoking it again changes nothing.",
      path_parameters: { key_id: "its id" },
      answers: [{ status: 204, description: "It is revoked." }],
      problems: ["key_not_found"],
      examples: [
        {
          name: "revoke",
          summary: "Revoke a key",
          request: { path: { key_id: example.key_id } },
          answer: { status: 204 },
        },
      ],
    },
  ],
};

import * as z from "zod";
import type { Group } from "../operation.ts";

/** Whether it is there. */
export const healthGroup: Group = {
  name: "Health",
  description: "For monitors.",
  operations: [
    {
      id: "getHealth",
      method: "GET",
      path: "/health",
      access: "open",
      summary: "Say that the Worker is there",
      description: "Asks nothing of the database.",
      answers: [{ status: 200, description: "It is.", schema: z.object({ status: z.literal("ok") }) }],
      problems: [],
      examples: [
        { name: "well", summary: "It is there", request: {}, answer: { status: 200, body: { status: "ok" } } },
      ],
    },
  ],
};

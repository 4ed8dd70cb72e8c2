import * as z from "zod";

/** A bell on the wire: ids only, so neither its size nor its content can break anything. */
export const bellMessage = z.object({
  v: z.literal(1),
  enterprise_id: z.string().min(1).max(64),
  delivery_ids: z.array(z.string().min(1).max(40)).min(1).max(100),
});

export type BellMessage = z.infer<typeof bellMessage>;

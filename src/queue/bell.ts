import * as z from "zod/mini";

/** A bell on the wire: ids only, so neither its size nor its content can break anything. */
export const bellMessage = z.object({
  v: z.literal(1),
  enterprise_id: z.string().check(z.minLength(1), z.maxLength(64)),
  delivery_ids: z.array(z.string().check(z.minLength(1), z.maxLength(40))).check(z.minLength(1), z.maxLength(100)),
});

export type BellMessage = z.infer<typeof bellMessage>;

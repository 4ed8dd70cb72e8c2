import * as z from "zod/mini";
import { readBody, strictBody, type BodyReading } from "./body-reading.ts";
import { isJsonObject, isStorable, type JsonObject } from "./json-object.ts";
import { plainText } from "./order-update.ts";
import { toDraft, draftMembers, type TemplateDraft } from "./template-draft.ts";

/** The update that a preview is about. */
export type SampleUpdate = { shipmentId: string; status: string; timestampText: string; data: JsonObject | null };

/** What is to be shown: a version that there is, or one as it would be saved. */
export type PreviewRequest = { update: SampleUpdate } & ({ templateId: string } | { draft: TemplateDraft });

const sample = z.optional(
  strictBody({
    shipment_id: z.optional(plainText(64)),
    status: z.optional(plainText(64)),
    timestamp: z.optional(plainText(40)),
    data: z.optional(
      z
        .custom<JsonObject>(isJsonObject, { error: "must be an object" })
        .check(z.refine((data) => isStorable(data), { error: "must be well-formed text at most 8 levels deep" }))
        .register(z.globalRegistry, { type: "object" }),
    ),
  }),
);

const ofStored = strictBody({ template_id: plainText(40), update: sample });
/** A preview of parts that are not saved, as `POST /v1/templates/preview` takes it; a saved version is named by its id. */
export const previewBody = strictBody({ ...draftMembers, update: sample });

/** Reads the body of `POST /v1/templates/preview`; what it does not say of the update is made up. */
export function readPreview(body: unknown): BodyReading<PreviewRequest> {
  if (isJsonObject(body) && "template_id" in body) {
    const reading = readBody(ofStored, body);
    if (!reading.ok) return reading;
    return { ok: true, value: { templateId: reading.value.template_id, update: toSample(reading.value.update) } };
  }
  const reading = readBody(previewBody, body);
  if (!reading.ok) return reading;
  const { update, ...members } = reading.value;
  return { ok: true, value: { draft: toDraft(members), update: toSample(update, members.status) } };
}

function toSample(given: z.infer<typeof sample>, status?: string | null): SampleUpdate {
  return {
    shipmentId: given?.shipment_id ?? "SH-1001",
    status: given?.status ?? status ?? "shipped",
    timestampText: given?.timestamp ?? "2026-01-31 12:00:00",
    data: given?.data ?? null,
  };
}

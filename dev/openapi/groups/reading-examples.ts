import { problem } from "../problems.ts";

const UPDATE = "upd_01a2076c0fe270aeaa98efd92b541170";
const DELIVERY = "dlv_01a2076c0fe270aeaa98efdb8bf992c2";
const ATTEMPT = "att_01a2076c104b7f0c8f2f9d3d4a1c55e0";
const PROVIDER_ID = "SM5ef8732a3c49700934481addd5ce1659";

/** A delivery that the provider could not bring. */
export const shownDelivery = {
  update_id: UPDATE,
  delivery_id: DELIVERY,
  shipment_id: "SH-1002",
  status: "shipped",
  timestamp: "2026-11-23T07:30:05.000Z",
  channel: "SMS",
  gateway: "Twilio",
  state: "undelivered",
  code: "undelivered",
  attempts: 1,
  accepted_at: "2026-11-23T07:30:06.110Z",
  due_at: null,
  settled_at: "2026-11-23T07:30:09.428Z",
  expires_at: "2026-11-24T07:30:06.110Z",
  reason: "The provider took it and could not deliver it.",
};

const entry = {
  at: "2026-11-23T07:30:06.110Z",
  type: "accepted",
  delivery_id: DELIVERY,
  status: "shipped",
  channel: "SMS",
  gateway: null as string | null,
  attempt_id: null as string | null,
  attempt_no: null as number | null,
  outcome: null as string | null,
  code: null as string | null,
  provider_code: null as string | null,
  provider_id: null as string | null,
  source: null as string | null,
  reason: null as string | null,
  text: "The update was accepted.",
};

/** The story of that delivery. */
export const timeline = {
  enterprise_id: "demo",
  shipment_id: "SH-1002",
  deliveries: [shownDelivery],
  data: [
    entry,
    {
      ...entry,
      at: "2026-11-23T07:30:06.204Z",
      type: "attempt",
      gateway: "Twilio",
      attempt_id: ATTEMPT,
      attempt_no: 1,
      outcome: "accepted",
      provider_id: PROVIDER_ID,
      text: "The provider took the message.",
    },
    {
      ...entry,
      at: "2026-11-23T07:30:09.391Z",
      type: "receipt",
      gateway: "Twilio",
      attempt_id: ATTEMPT,
      attempt_no: 1,
      outcome: "undelivered",
      provider_code: "30003",
      source: "provider",
      reason: "The handset is off.",
      text: "The provider says: the message could not be delivered: The handset is off.",
    },
    {
      ...entry,
      at: "2026-11-23T07:30:09.428Z",
      type: "settled",
      gateway: "Twilio",
      outcome: "undelivered",
      code: "undelivered",
      text: "It was not delivered: The provider took it and could not deliver it.",
    },
  ],
  next: null,
};

/** The update that it belongs to. */
export const update = {
  update_id: UPDATE,
  enterprise_id: "demo",
  shipment_id: "SH-1002",
  status: "shipped",
  timestamp: "2026-11-23T07:30:05.000Z",
  accepted_at: "2026-11-23T07:30:06.110Z",
  expires_at: "2026-11-24T07:30:06.110Z",
  deliveries: [shownDelivery],
};

const logged = {
  notify_time: "2026-11-23T07:30:06.231Z",
  delivery_id: DELIVERY,
  shipment_id: "SH-1002",
  status: "shipped",
  channel: "SMS",
  gateway: "Twilio",
  timestamp: "2026-11-23T07:30:05.000Z",
  attempt_id: ATTEMPT,
  provider_id: PROVIDER_ID,
};

export const logs = { data: [logged], next: null };

export const failures = {
  data: [
    {
      ...logged,
      notify_time: "2026-11-23T07:30:09.428Z",
      attempt_no: 1,
      code: "undelivered",
      message: "The handset is off.",
      provider_code: "30003",
    },
  ],
  next: null,
};

/** What a limit of 0 is answered. */
export const wrongParameter = problem(
  "invalid_request",
  "The query is not valid. See 'errors' for each wrong parameter.",
  {
    errors: [{ parameter: "limit", message: "must be an integer from 1 to 200" }],
  },
);

import { afterAll, afterEach, beforeEach } from "vitest";
import { queueAtRest, query } from "./kit.ts";
import { network } from "./network.ts";

beforeEach(() => network.open());
// All tests share the original gateways: what failed in one must not close them for the next.
beforeEach(() =>
  query(`UPDATE gateways SET health = 'well', health_since = UTC_TIMESTAMP(3), health_until = NULL, trial_at = NULL
          WHERE gateway_id IN ('gw_twilio', 'gw_sendgrid', 'gw_twilio_whatsapp')`),
);
afterEach(() => network.expectNoStrangers());
afterAll(queueAtRest);

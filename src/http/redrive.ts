import type { Context } from "hono";
import { AppError } from "../domain/app-error.ts";
import { readRedrive } from "../domain/redrive.ts";
import { redrive } from "../usecases/redrive.ts";
import { requireEnterprise, requireLiveKey } from "./auth.ts";
import { readJson } from "./body.ts";
import { answerInTime } from "./deadline.ts";
import type { Door, Route } from "./door.ts";
import { tell } from "./request-line.ts";

export const redriveRoutes: Route[] = [{ method: "POST", path: "/redrive", access: "admin", handle: postRedrive }];

const MAY_ARRIVE_TWICE = "Providers may have taken some of these messages before: they may arrive twice.";

async function postRedrive(c: Context<Door>): Promise<Response> {
  const services = c.get("services");
  const reading = readRedrive(await readJson(c), services.clock.now());
  if (!reading.ok) {
    throw new AppError("invalid_request", "The redrive is not valid. See 'errors' for each wrong field.", {
      errors: reading.errors,
    });
  }
  requireEnterprise(c, reading.order.filter.enterpriseId);
  if (!reading.order.dryRun) requireLiveKey(c);
  const result = await answerInTime(services, redrive(services, reading.order));
  const { matching, more, expired } = result;
  tell(c, { state: reading.order.filter.state, matching, expired });
  const warning = result.mayArriveTwice ? { warning: MAY_ARRIVE_TWICE } : {};
  switch (result.kind) {
    case "counted":
      return c.json({ status: 200, message: "Counted; nothing was changed.", matching, more, expired, ...warning });
    case "redriven":
      tell(c, { redriven: result.redriven, left: result.left });
      return c.json(
        {
          status: 202,
          message: "Redriven.",
          redriven: result.redriven,
          left: result.left,
          expired,
          last_due_in_seconds: result.lastDueMs / 1000,
          ...warning,
        },
        202,
      );
  }
}

import { describe, expect, test } from "vitest";
import { planDeliveries } from "../../../src/domain/plan.ts";
import { aChannel, aGateway, anEnterprise, anUpdate } from "./builders.ts";

/** What is planned for an enterprise with one channel. */
function planned(changes: Parameters<typeof anEnterprise>[0]) {
  const plan = planDeliveries(anEnterprise(changes), anUpdate());
  if (plan.kind !== "planned") throw new Error(plan.code);
  return plan.deliveries.map(({ gatewayId, gateway, skip }) => ({ gatewayId, gateway, skip }));
}

const skipped = (skip: string) => [{ gatewayId: null, gateway: "", skip }];

describe("a plan", () => {
  test("has one row for each channel, in order, through its first gateway", () => {
    const sms = aChannel();
    const email = aChannel({
      channelName: "Email",
      kind: "email",
      gateways: [
        aGateway({ gatewayName: "SendGrid", adapter: "sendgrid_email" }),
        aGateway({ gatewayName: "Second", adapter: "sendgrid_email" }),
      ],
    });
    const row = (position: number, { kind, channelId, channelName, gateways: [gateway] }: typeof sms) => ({
      position,
      lane: kind,
      channelId,
      channel: channelName,
      gatewayId: gateway?.gatewayId,
      gateway: gateway?.gatewayName,
      templateId: null,
      skip: null,
    });
    expect(planDeliveries(anEnterprise({ channels: [sms, email] }), anUpdate())).toEqual({
      kind: "planned",
      deliveries: [row(0, sms), row(1, email)],
      missing: [],
    });
  });

  test("goes through the first gateway whose subscription wants the status, in whatever case", () => {
    const [first, second] = [aGateway({ statuses: ["lost"] }), aGateway({ statuses: ["lost", "shipped"] })];
    const plan = (status: string) =>
      planDeliveries(anEnterprise({ channels: [aChannel({ gateways: [first, second] })] }), { ...anUpdate(), status })
        .deliveries[0];

    expect(plan("Shipped")).toMatchObject({ gatewayId: second.gatewayId, skip: null });
    expect(plan("LOST")).toMatchObject({ gatewayId: first.gatewayId, skip: null });
    expect(plan("delivered")).toMatchObject({ gatewayId: null, skip: "status_not_wanted" });
  });

  test.each([
    ["is disabled", { enabled: false }],
    ["has an adapter that this version does not know", { adapter: null }],
  ])("passes over a gateway that %s", (_, flaw) => {
    const second = aGateway();
    expect(planned({ channels: [aChannel({ gateways: [aGateway(flaw), second] })] })).toEqual([
      { gatewayId: second.gatewayId, gateway: second.gatewayName, skip: null },
    ]);
  });

  test("passes over a gateway whose kind of address the enterprise does not have", () => {
    const email = aGateway({ adapter: "sendgrid_email" });
    const channels = [aChannel({ kind: "other", gateways: [aGateway(), email] })];
    expect(planned({ phone: null, channels })).toEqual([
      { gatewayId: email.gatewayId, gateway: email.gatewayName, skip: null },
    ]);
  });

  test.each([
    ["there is none", []],
    ["all are disabled", [aGateway({ enabled: false })]],
    ["all are unknown to this version", [aGateway({ adapter: null })]],
  ])("skips a channel without a gateway: %s", (_, gateways) => {
    expect(planned({ channels: [aChannel({ gateways })] })).toEqual(skipped("channel_disabled"));
  });

  test.each([null, "", "  ", "12345"])("skips a channel for whose gateways there is no address: %j", (phone) => {
    expect(planned({ phone, channels: [aChannel()] })).toEqual(skipped("no_address"));
  });

  test("names the disabled channel rather than the missing address when both are true", () => {
    const channels = [aChannel({ gateways: [aGateway({ enabled: false })] })];
    expect(planned({ phone: null, channels })).toEqual(skipped("channel_disabled"));
  });

  test("lets one channel's skip leave the others alone", () => {
    const channels = [aChannel({ gateways: [] }), aChannel(), aChannel({ gateways: [] })];
    expect(planned({ channels }).map((row) => row.skip)).toEqual(["channel_disabled", null, "channel_disabled"]);
  });
});

describe("a refusal keeps its reason in one row without a channel", () => {
  test.each<{ code: string; changes: Parameters<typeof anEnterprise>[0] }>([
    { code: "not_subscribed", changes: { isSubscribed: false } },
    { code: "not_subscribed", changes: { isSubscribed: false, channels: [] } },
    { code: "no_channels", changes: { channels: [] } },
  ])("$code", ({ code, changes }) => {
    expect(planDeliveries(anEnterprise(changes), anUpdate())).toEqual({
      kind: "refused",
      code,
      deliveries: [
        {
          position: 0,
          lane: "other",
          channelId: null,
          channel: "",
          gatewayId: null,
          gateway: "",
          templateId: null,
          skip: code,
        },
      ],
    });
  });
});

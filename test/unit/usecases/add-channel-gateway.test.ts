import { describe, expect, test, vi } from "vitest";
import type { ChannelRow } from "../../../src/db/channels.ts";
import type { GatewayRow } from "../../../src/db/gateways.ts";
import type { AuditEntry } from "../../../src/domain/audit-entry.ts";
import type { ChannelGatewayRequest } from "../../../src/domain/channel-gateway.ts";
import { addChannelGateway } from "../../../src/usecases/add-channel-gateway.ts";
import { newId } from "../domain/builders.ts";
import { countingIds } from "./fakes.ts";

/** Channels and gateways with their two unique names. */
function aWorld(...known: ChannelRow[]) {
  const channels = [...known];
  const gateways: GatewayRow[] = [];
  const entries: AuditEntry[] = [];
  return {
    ids: countingIds(),
    accounts: ["", "backup"],
    rows: { channels, gateways },
    entries,
    channels: {
      find: async (key: string) => channels.find((row) => row.channelKey === key) ?? null,
      insertChannel: async (row: ChannelRow, entry: AuditEntry): Promise<"inserted" | "duplicate"> => {
        if (channels.some((other) => other.channelKey === row.channelKey)) return "duplicate";
        channels.push(row);
        entries.push(entry);
        return "inserted";
      },
    },
    gateways: {
      insert: async (row: GatewayRow, entry: AuditEntry): Promise<"inserted" | "duplicate"> => {
        const isTaken = ({ channelId, gatewayKey }: GatewayRow) =>
          channelId === row.channelId && gatewayKey === row.gatewayKey;
        if (gateways.some(isTaken)) return "duplicate";
        gateways.push(row);
        entries.push(entry);
        return "inserted";
      },
    },
  };
}

const BY = { keyId: "key_1" };

function aRequest(changes: Partial<ChannelGatewayRequest> = {}): ChannelGatewayRequest {
  return {
    channelName: "SMS",
    gatewayName: "Twilio",
    adapter: undefined,
    kind: undefined,
    sender: null,
    account: "",
    priority: 100,
    ...changes,
  };
}

function aChannelRow(changes: Partial<ChannelRow> = {}): ChannelRow {
  return { channelId: newId("ch"), channelName: "SMS", channelKey: "sms", kind: "sms", ...changes };
}

describe("adding a gateway", () => {
  test("makes the channel, of the adapter's kind, and puts the gateway on it", async () => {
    const world = aWorld();
    const added = await addChannelGateway(world, aRequest({ sender: "+15005550006", priority: 7 }), BY);
    const { channelId } = added;
    expect(world.rows.channels).toEqual([{ channelId, channelName: "SMS", channelKey: "sms", kind: "sms" }]);
    expect(world.rows.gateways).toEqual([
      {
        gatewayId: added.gatewayId,
        gatewayName: "Twilio",
        gatewayKey: "twilio",
        account: "",
        channelId,
        adapter: "twilio_sms",
        sender: "+15005550006",
        priority: 7,
        enabled: true,
        ownerId: "",
        credentials: null,
      },
    ]);
    expect(world.entries).toMatchObject([
      { keyId: "key_1", enterpriseId: null, resource: "channel", resourceId: channelId, action: "created" },
      { keyId: "key_1", enterpriseId: null, resource: "gateway", resourceId: added.gatewayId, action: "created" },
    ]);
    expect(added).toMatchObject({ channelName: "SMS", kind: "sms", gatewayName: "Twilio", adapter: "twilio_sms" });
  });

  test("uses the channel that has the name already, whatever its case", async () => {
    const channel = aChannelRow();
    const world = aWorld(channel);
    const added = await addChannelGateway(world, aRequest({ channelName: "sMs" }), BY);
    expect(added).toMatchObject({ channelId: channel.channelId, channelName: "SMS" });
    expect(world.rows.channels).toEqual([channel]);
  });

  test("puts several gateways on one channel, and one name on several channels", async () => {
    const world = aWorld();
    await addChannelGateway(world, aRequest(), BY);
    await addChannelGateway(world, aRequest({ gatewayName: "Backup", adapter: "twilio_sms" }), BY);
    await addChannelGateway(world, aRequest({ channelName: "Urgent SMS" }), BY);
    expect(world.rows.channels).toHaveLength(2);
    expect(world.rows.gateways).toHaveLength(3);
  });

  test("carries a channel of kind other by any adapter", async () => {
    const world = aWorld();
    await addChannelGateway(world, aRequest({ channelName: "Any", kind: "other" }), BY);
    await addChannelGateway(world, aRequest({ channelName: "Any", gatewayName: "SendGrid" }), BY);
    expect(world.rows.gateways.map((row) => row.adapter)).toEqual(["twilio_sms", "sendgrid_email"]);
  });

  test("uses the channel that somebody else has made meanwhile", async () => {
    const world = aWorld();
    const theirs = aChannelRow();
    vi.spyOn(world.channels, "insertChannel").mockImplementationOnce(async () => {
      world.rows.channels.push(theirs);
      return "duplicate";
    });
    expect(await addChannelGateway(world, aRequest(), BY)).toMatchObject({ channelId: theirs.channelId });
    expect(world.rows.channels).toEqual([theirs]);
  });
});

describe("a gateway is refused", () => {
  async function refusal(world: ReturnType<typeof aWorld>, request: ChannelGatewayRequest) {
    const before = structuredClone(world.rows);
    const error: unknown = await addChannelGateway(world, request, BY).catch((thrown: unknown) => thrown);
    expect(world.rows).toEqual(before);
    return error;
  }

  const unknown = {
    code: "unknown_adapter",
    extras: {
      errors: [
        { pointer: "/adapter", message: "must be one of twilio_sms, twilio_whatsapp, sendgrid_email, resend_email" },
      ],
      members: { adapters: ["twilio_sms", "twilio_whatsapp", "sendgrid_email", "resend_email"] },
    },
  };

  test("when its account is not configured", async () => {
    expect(await refusal(aWorld(), aRequest({ account: "spare" }))).toMatchObject({
      code: "unknown_account",
      message: "There is no such provider account. Further accounts: backup.",
      extras: { errors: [{ pointer: "/account", message: expect.any(String) }], members: { accounts: ["backup"] } },
    });
  });

  test("when its adapter does not exist", async () => {
    for (const adapter of ["vonage", "constructor"]) {
      expect(await refusal(aWorld(), aRequest({ adapter }))).toMatchObject({
        ...unknown,
        message: expect.stringMatching(/^There is no such adapter\./),
      });
    }
  });

  test("when its name implies no adapter and it names none", async () => {
    expect(await refusal(aWorld(), aRequest({ gatewayName: "Vonage" }))).toMatchObject({
      ...unknown,
      message: expect.stringMatching(/^A gateway of this name has to name its adapter\./),
    });
  });

  test("when its adapter does not carry the kind of a new channel, which is not made then", async () => {
    expect(await refusal(aWorld(), aRequest({ kind: "email" }))).toMatchObject({
      code: "adapter_mismatch",
      extras: { errors: [{ pointer: "/adapter" }] },
    });
  });

  test("when its adapter does not carry the kind of the channel that exists", async () => {
    const world = aWorld(aChannelRow());
    expect(await refusal(world, aRequest({ gatewayName: "SendGrid" }))).toMatchObject({
      code: "adapter_mismatch",
      extras: { errors: [{ pointer: "/adapter" }] },
    });
  });

  test("when the channel exists with another kind than it says", async () => {
    const world = aWorld(aChannelRow({ kind: "other" }));
    expect(await refusal(world, aRequest({ kind: "sms" }))).toMatchObject({
      code: "adapter_mismatch",
      extras: { errors: [{ pointer: "/kind" }] },
    });
  });

  test("when a channel that somebody else has made meanwhile is of another kind", async () => {
    const world = aWorld();
    vi.spyOn(world.channels, "insertChannel").mockImplementationOnce(async () => "duplicate");
    vi.spyOn(world.channels, "find")
      .mockResolvedValueOnce(null)
      .mockResolvedValueOnce(aChannelRow({ kind: "email" }));
    expect(await refusal(world, aRequest())).toMatchObject({ code: "adapter_mismatch" });
  });

  test("when the channel has one of its name already, whatever the case", async () => {
    const world = aWorld();
    await addChannelGateway(world, aRequest(), BY);
    expect(await refusal(world, aRequest({ gatewayName: "TWILIO" }))).toMatchObject({ code: "gateway_exists" });
  });
});

test("a channel that is refused as a duplicate but is not there is our fault", async () => {
  const world = aWorld();
  vi.spyOn(world.channels, "insertChannel").mockResolvedValue("duplicate");
  await expect(addChannelGateway(world, aRequest(), BY)).rejects.toThrow("cannot be found");
});

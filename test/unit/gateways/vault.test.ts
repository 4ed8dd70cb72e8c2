import { describe, expect, test } from "vitest";
import { createVault } from "../../../src/gateways/vault.ts";

const key = (keyId: string, byte: number) => ({ keyId, bytes: new Uint8Array(32).fill(byte) });
const OLD = key("2025a", 1);
const NEW = key("2026a", 2);

const PLACE = { ownerId: "acme", gatewayId: "gw_1" };
const SECRETS = { account_sid: "AC1", auth_token: "canary-é" };

async function seal(keys = [OLD, NEW], place = PLACE): Promise<string> {
  const sealing = await createVault(keys).seal(place, SECRETS);
  if (sealing.kind !== "sealed") throw new Error("Nothing was sealed.");
  return sealing.text;
}

describe("sealed credentials", () => {
  test("open as they were sealed, and show nothing of themselves", async () => {
    const sealed = await seal();
    expect(sealed).toMatch(/^v1\.2026a\.[\w-]{16}\.[\w-]+$/);
    expect(sealed).not.toContain("canary");
    expect(await createVault([OLD, NEW]).open(PLACE, sealed)).toEqual({
      kind: "opened",
      credentials: SECRETS,
      isOutdated: false,
    });
  });

  test("never look alike: each has an iv of its own", async () => {
    const sealed = await Promise.all(Array.from({ length: 50 }, () => seal()));
    expect(new Set(sealed.map((text) => text.split(".")[2])).size).toBe(50);
  });

  test("open for no other enterprise and no other gateway", async () => {
    const sealed = await seal();
    const vault = createVault([OLD, NEW]);
    for (const place of [
      { ...PLACE, ownerId: "umbrella" },
      { ...PLACE, ownerId: "" },
      { ...PLACE, gatewayId: "gw_2" },
      { ownerId: "acme,gw_1", gatewayId: "" },
    ]) {
      expect(await vault.open(place, sealed)).toEqual({ kind: "damaged" });
    }
  });

  test("are damaged when any part of them is changed, and do not open under another key's id", async () => {
    const sealed = await seal();
    const vault = createVault([OLD, NEW]);
    const [version = "", keyId = "", iv = "", text = ""] = sealed.split(".");
    const other = (part: string) => (part.startsWith("A") ? "B" : "A") + part.slice(1);
    for (const damaged of [
      "",
      "nothing",
      JSON.stringify(SECRETS),
      `v2.${keyId}.${iv}.${text}`,
      `${version}.2025a.${iv}.${text}`,
      `${version}.${keyId}.${other(iv)}.${text}`,
      `${version}.${keyId}.${iv}.${other(text)}`,
      `${version}.${keyId}.${iv}.${text.slice(0, -4)}`,
      `${sealed}\n`,
    ]) {
      expect(await vault.open(PLACE, damaged)).toEqual({ kind: "damaged" });
    }
  });

  test("say which key they want when it is not configured", async () => {
    expect(await createVault([OLD]).open(PLACE, await seal())).toEqual({ kind: "unknown_key", keyId: "2026a" });
  });

  test("still open by an older key, and say that they are outdated", async () => {
    const sealed = await seal([OLD]);
    expect(await createVault([OLD, NEW]).open(PLACE, sealed)).toMatchObject({ kind: "opened", isOutdated: true });
  });

  test("are not made without a key", async () => {
    expect(await createVault([]).seal(PLACE, SECRETS)).toEqual({ kind: "not_configured" });
  });
});

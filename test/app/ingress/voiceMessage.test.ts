import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { instructCommand } from "../../../src/app/commands/instruct.ts";
import { voiceMessage } from "../../../src/app/ingress/voiceMessage.ts";
import { parseInstant } from "../../../src/domain/units/instant.ts";

const NOW = parseInstant("2026-08-18T22:00:00.000Z");
const privateKeyPem = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const called = (who: { issuer?: string; caller?: string }) =>
  voiceMessage(
    { type: "recall", id: "ers-1", site: "mine", issued: NOW, issuer: "alpha", caller: "J. Smith", ...who },
    { operator: { actor: "maria", privateKeyPem }, now: NOW },
  ).said;

describe("a telephone call", () => {
  it("is of an issuer and a caller with names of any words", () => {
    expect(called({ issuer: "ERCOT control room", caller: "Zoë O'Hara" })).toMatchObject({
      kind: "word",
      word: { kind: "recall", issuer: "ERCOT control room" },
    });
  });

  it.each([
    ["issuer", ""],
    ["issuer", "  "],
    ["issuer", "x".repeat(101)],
    ["issuer", "alpha\u001b[2J"],
    ["caller", ""],
    ["caller", "J.\nSmith"],
  ])("is refused by its %s %j: the site would take no such name", (where, who) => {
    expect(called({ [where]: who })).toMatchObject({ kind: "refused", code: "malformed", where });
  });

  it.each(["0x10", "1e1", " 5", "12,5", "-1", "", "1000001", "Infinity"])("says no megawatts with %j", (text) => {
    const option: { readonly flags: string; readonly parse?: (text: string) => unknown } | undefined =
      instructCommand.options.find(({ flags }) => flags.startsWith("--by-mw"));
    expect(option?.parse?.("12.5")).toBe(12.5);
    expect(() => option?.parse?.(text)).toThrow(/expected MW from 0 to 1000000/);
  });
});

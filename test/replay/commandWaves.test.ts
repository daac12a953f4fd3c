import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { CommandLedgerRow } from "../../src/domain/evidence/ledgers.ts";
import type { Instant } from "../../src/domain/units/instant.ts";
import { LayerLog } from "../../src/replay/layerLog.ts";
import { checkFirstWaves } from "../../src/replay/layers/commandWaves.ts";
import { checkPublicKey } from "../../src/replay/signature.ts";

/** Revision 7 told 3 machines of hall-1 to be off, and of 2 of hall-2 one at 415MHz; hall-3 stays. */
const share = (modeId: string, machines: number) => ({ modeId, machines });
const STARTED = {
  input: {
    plan: {
      revision: 7,
      targets: [
        { cohortId: "hall-1", machines: 3, isDriven: true, shares: [share("off", 3)] },
        { cohortId: "hall-2", machines: 2, isDriven: true, shares: [share("off", 1), share("415MHz", 1)] },
        { cohortId: "hall-3", machines: 4, isDriven: false, shares: [share("normal", 4)] },
      ],
    },
  },
  where: "runs/1.json event 40",
};
const CONFIRMED = { outcome: "confirmed" };

function row(cohortId: string, machine: number, attempt = 0, modeId = "off"): CommandLedgerRow {
  return {
    revision: 7,
    attempt,
    machineId: `${cohortId}-${machine}`,
    cohortId,
    modeId,
    outcome: machine === 1 ? "unreachable" : "acknowledged",
    writes: 1,
    at: "2026-08-18T20:51:15.000Z" as Instant,
  };
}
const LEDGER = [row("hall-1", 0), row("hall-1", 1), row("hall-1", 2), row("hall-2", 0, 0, "415MHz"), row("hall-2", 1)];

function findings(rows: readonly CommandLedgerRow[], result?: unknown) {
  const log = new LayerLog("effects", "commands");
  const results = new Map(result === undefined ? [] : [["dispatch/mesa/7", result]]);
  checkFirstWaves(new Map([["dispatch/mesa/7", STARTED]]), results, rows, log);
  return log.findings.map(({ where, expected, found }) => [where, expected, found]);
}

describe("the command ledger against the targets of a dispatch", () => {
  it("holds with a line for every machine, answered or not, and with those driven again", () => {
    expect(findings([...LEDGER, row("hall-1", 1, 1)], CONFIRMED)).toEqual([]);
  });

  it("shows every single line that is left out, without any key", () => {
    for (const left of LEDGER) {
      const rows = [...LEDGER.filter((one) => one !== left), row(left.cohortId, 1, 1)];
      const machines = left.cohortId === "hall-1" ? 3 : 2;
      expect(findings(rows, CONFIRMED)[0]).toEqual([
        `ledgers/commands.jsonl revision 7 ${left.cohortId}`,
        `a line for each of the ${machines} machines of its first wave (runs/1.json event 40)`,
        `${machines - 1} machines`,
      ]);
    }
  });

  it("shows a machine too many, and none of it by naming one twice", () => {
    expect(findings([...LEDGER, row("hall-2", 9)], CONFIRMED)).toHaveLength(1);
    expect(findings([...LEDGER.slice(1), row("hall-1", 2)], CONFIRMED)).toHaveLength(1);
  });

  it("shows a machine told another mode of the split than decided", () => {
    const both = LEDGER.map((one) => (one.cohortId === "hall-2" ? { ...one, modeId: "off" } : one));
    expect(findings(both, CONFIRMED)).toEqual([
      ["ledgers/commands.jsonl revision 7 hall-2", "1 machines to 415MHz (runs/1.json event 40)", "0 machines"],
    ]);
  });

  it("asks for no line of a dispatch that a newer one cut short, or that is not at its end", () => {
    expect(findings(LEDGER.slice(2), "superseded")).toEqual([]);
    expect(findings(LEDGER.slice(2))).toEqual([]);
  });
});

describe("a key to audit with", () => {
  const pair = generateKeyPairSync("ed25519", {
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });

  it("is the public one", () => {
    expect(() => checkPublicKey(pair.publicKey)).not.toThrow();
  });

  it("is refused when it is private: nobody hands out what signs", () => {
    expect(() => checkPublicKey(pair.privateKey)).toThrow(
      "expected a public key, got a private one: keep it to yourself and give the public key",
    );
  });
});

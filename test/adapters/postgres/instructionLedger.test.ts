import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgresAwardLedger } from "../../../src/adapters/postgres/awardLedger.ts";
import { doorsNow } from "../../../src/adapters/postgres/doorsNow.ts";
import { postgresInstructionLedger } from "../../../src/adapters/postgres/instructionLedger.ts";
import { createPool, type Pool, query, transaction } from "../../../src/adapters/postgres/pool.ts";
import { tellInstructions } from "../../../src/app/worker/tellInstructions.ts";
import { tellAwards } from "../../../src/app/worker/tellAwards.ts";
import type { AsAward } from "../../../src/domain/inputs/asAward.ts";
import type { SiteInput } from "../../../src/domain/inputs/facts.ts";
import { PortUnavailableError } from "../../../src/ports/errors.ts";
import { addSeconds } from "../../../src/domain/units/instant.ts";
import { at } from "../../domain/decision/site.ts";
import { testDatabase, type TestDatabase } from "../../support/stack.ts";

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await testDatabase();
  pool = createPool(database.appUrl as string, 3);
});

afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

it("a site that cannot be told keeps no other site's instruction waiting, though 300 of its own came before", async () => {
  for (let i = 1; i <= 300; i += 1) await recalled("pecan-draw", `recall-${i}`);
  await recalled("salt-fork", "recall-last");
  const reached: string[] = [];
  const warned: string[] = [];
  const telling = {
    ledger: postgresInstructionLedger(pool),
    gateway: {
      deliver: (siteId: string) => {
        if (siteId === "pecan-draw") return Promise.reject(new PortUnavailableError("its run has ended"));
        reached.push(siteId);
        return Promise.resolve();
      },
    },
    clock: { now: () => Promise.resolve(at("18:00:00")) },
    log: { info: () => undefined, warn: () => warned.push("warned"), error: () => undefined },
  };
  expect(await tellInstructions(telling)).toEqual(["301"]);
  expect([reached, warned]).toEqual([["salt-fork"], ["warned"]]);
});

it("what waits for a site that is retired ends with that reason, once; what a site took stays told", async () => {
  await recalled("north-draw", "recall-of-north");
  await query(
    pool,
    `INSERT INTO site_change (site_id, kind, actor, reason, at) VALUES ('north-draw', 'retired', 'maria', 'lease ended', $1)`,
    [at("17:00:00")],
  );
  const warned: unknown[] = [];
  const telling = {
    ledger: postgresInstructionLedger(pool),
    gateway: { deliver: () => Promise.reject(new PortUnavailableError("its run has ended")) },
    clock: { now: () => Promise.resolve(at("18:00:00")) },
    log: { info: () => undefined, warn: (fields: object) => warned.push(fields), error: () => undefined },
  };
  const ofNorth = async (): Promise<unknown[]> => {
    warned.length = 0;
    expect(await tellInstructions(telling)).toEqual([]);
    return warned.filter((fields) => (fields as { siteId: string }).siteId === "north-draw");
  };
  const why = "site north-draw is out of service for good, by maria: lease ended";
  expect(await ofNorth()).toEqual([{ siteId: "north-draw", word: "302", why }]);
  expect(await ofNorth()).toEqual([]);
  expect(await query(pool, "SELECT word_no, why FROM instruction_ended", [])).toEqual([{ word_no: "302", why }]);
});

it("an instruction that its site has is not shown as untold once a person has acknowledged it by its issuer's name", async () => {
  const issuer = "qse-alpha";
  const instruction = {
    instructionId: "ers-1",
    issuer,
    action: "curtail",
    from: at("17:59:00"),
    issuedAt: at("17:59:00"),
  };
  await kept("far-draw", "ers-1", { kind: "instruct", siteId: "far-draw", instruction });
  const gateway = { deliver: () => Promise.resolve() };
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const isTold = async (): Promise<unknown> => {
    const { instructions } = await transaction(pool, (client) => doorsNow(client, "far-draw"));
    return instructions.map((one) => [one.instruction.instructionId, one.acknowledged?.by, one.isTold]);
  };
  expect(await isTold()).toEqual([["ers-1", undefined, false]]);
  const clock = { now: () => Promise.resolve(at("18:00:00")) };
  await tellInstructions({ ledger: postgresInstructionLedger(pool), gateway, clock, log });
  await kept("far-draw", "ers-1", { kind: "acknowledge", siteId: "far-draw", instructionId: "ers-1", issuer });
  expect(await isTold()).toEqual([["ers-1", "qse-example", true]]);
});

describe("awards", () => {
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const clock = { now: () => Promise.resolve(at("18:00:00")) };
  const away = new Set<string>();
  const told: SiteInput[] = [];
  const gateway = {
    deliver: (siteId: string, input: SiteInput) => {
      if (away.has(siteId)) return Promise.reject(new PortUnavailableError("its run has ended"));
      told.push(input);
      return Promise.resolve();
    },
  };
  const tell = async (): Promise<unknown[]> =>
    (await tellAwards({ awards: postgresAwardLedger(pool), gateway, clock, log })).map(({ no, siteId }) => [
      no,
      siteId,
    ]);
  const taken = async (nonce: string, awards: readonly AsAward[]) =>
    postgresInstructionLedger(pool).take(
      {
        door: "http",
        sender: "qse-example",
        nonce,
        contentType: "application/json",
        content: Buffer.from(nonce),
        contentHash: `hash of ${nonce}`,
        proof: {},
        receivedAt: at("17:59:50"),
      },
      { kind: "awards", awards },
      () => ({ kind: "accepted" }),
    );
  const award = (siteId: string, changes: Partial<AsAward> = {}): AsAward => ({
    siteId,
    resource: "MINE_LD1",
    qse: "QALPHA",
    asType: "ECRSM",
    tradingDate: "2024-08-20",
    startsAt: at("18:00:00"),
    endsAt: at("19:00:00"),
    awardedMw: "0.020",
    ...changes,
  });

  it("of one message reach each of its sites once, one that is away later, with the message that brought them", async () => {
    away.add("salt-fork");
    const { messageNo: no, ...outcome } = await taken("awards-1", [award("pecan-draw"), award("salt-fork")]);
    expect(outcome.untoldAwardsAt).toEqual(["pecan-draw", "salt-fork"]);
    expect(await tell()).toEqual([[no, "pecan-draw"]]);
    const { siteId: _, ...held } = award("pecan-draw");
    expect(told.splice(0)).toEqual([
      {
        kind: "as-awards",
        id: `awards/${no}`,
        at: at("18:00:00"),
        sender: "qse-example",
        evidence: { door: "http", contentHash: "hash of awards-1", receivedAt: at("17:59:50") },
        awards: [held],
      },
    ]);
    expect((await taken("awards-1", [award("pecan-draw"), award("salt-fork")])).untoldAwardsAt).toEqual(["salt-fork"]);
    away.clear();
    expect(await tell()).toEqual([[no, "salt-fork"]]);
    expect(await tell()).toEqual([]);
    expect(told.splice(0)).toHaveLength(1);
  });

  it("that are over before their site can be told, or of a site that is retired, end with that reason", async () => {
    away.add("north-draw");
    const over = await taken("awards-2", [award("far-draw", { startsAt: at("17:00:00"), endsAt: at("18:00:00") })]);
    const retired = await taken("awards-3", [award("north-draw")]);
    expect(await tell()).toEqual([]);
    expect(await query(pool, "SELECT message_no, site_id, why FROM as_award_ended ORDER BY message_no", [])).toEqual([
      { message_no: over.messageNo, site_id: "far-draw", why: expect.stringContaining("each was over by") as string },
      {
        message_no: retired.messageNo,
        site_id: "north-draw",
        why: "site north-draw is out of service for good, by maria: lease ended",
      },
    ]);
    away.clear();
    expect(await tell()).toEqual([]);
  });

  it("that were over a day before the newest message are looked at no more", async () => {
    const hours = (from: number): Partial<AsAward> => ({
      startsAt: addSeconds(at("17:00:00"), from * 3600),
      endsAt: addSeconds(at("18:00:00"), from * 3600),
    });
    await taken("awards-4", [award("pecan-draw", hours(-26))]);
    const { messageNo: no } = await taken("awards-5", [award("pecan-draw", hours(-22))]);
    const untold = await postgresAwardLedger(pool).untold(50);
    expect(untold.map(({ messageNo }) => messageNo)).toEqual([no]);
  });
});

/** A recall of an instruction as its door keeps it. */
async function recalled(siteId: string, instructionId: string): Promise<void> {
  const word = { kind: "recall", siteId, instructionId, issuer: "qse-example", issuedAt: at("17:59:00") };
  await kept(siteId, instructionId, word);
}

/** A word of an instruction as its door keeps it. */
async function kept(siteId: string, instructionId: string, word: Readonly<Record<string, unknown>>): Promise<void> {
  await query(
    pool,
    `WITH kept AS (
       INSERT INTO door_message (door, sender, nonce, content_type, content, content_hash, proof, received_at, site_id,
         verdict) VALUES ('http', 'qse-example', $5 || $2, 'application/json', 'x', 'x', '{}', $3, $1, 'accepted')
       RETURNING message_no)
     INSERT INTO instruction_word (message_no, site_id, instruction_id, kind, word)
       SELECT message_no, $1, $2, $5, $4 FROM kept`,
    [siteId, instructionId, at("17:59:10"), JSON.stringify(word), word["kind"]],
  );
}

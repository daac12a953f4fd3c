import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { query } from "../../../src/adapters/postgres/pool.ts";
import type { SimulatedQse } from "../../../src/simulators/qse/qse.ts";
import "../../support/stack.ts";
import { InstructedRun, keyPair } from "./instructedRun.ts";

const run = new InstructedRun();
let qse: SimulatedQse;
let url: string;

beforeAll(async () => {
  await run.prepare();
  await run.work();
  url = await run.open();
  qse = run.qse(url);
}, 60_000);
afterAll(() => run.end());

const soon = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString();
const message = (changes: object) => ({
  type: "instruction",
  site: run.plan.siteId,
  product: "ERS-30",
  issued: soon(0),
  ...changes,
});

describe("a QSE instructs a site over HTTP", () => {
  it("40 kW of its 60 are to go: kept before it is answered, then decided, with the message's hash", async () => {
    const sent = message({ id: "vdi-1", reduceMw: 0.04, until: soon(3600) });
    const answer = await qse.instruct(sent);
    expect(answer).toMatchObject({
      status: 202,
      body: { verdict: "accepted", isSeenBefore: false, isTold: true, instruction: { id: "vdi-1", issuer: "alpha" } },
    });
    const hash = createHash("sha256").update(JSON.stringify(sent)).digest("hex");
    await vi.waitFor(
      async () => {
        const [instruction] = (await run.newest())?.input.facts.instructions ?? [];
        expect(instruction).toMatchObject({
          instructionId: "vdi-1",
          issuer: "alpha",
          demand: { kind: "reduce", kw: 40, fromKw: 60 },
          evidence: { door: "http", contentHash: hash },
        });
      },
      { timeout: 20_000, interval: 100 },
    );
    const [kept] = await query<{ content: Buffer; verdict: string }>(
      run.pool,
      `SELECT content, verdict FROM door_message WHERE content_hash = $1`,
      [hash],
    );
    expect(kept).toEqual({ content: Buffer.from(JSON.stringify(sent)), verdict: "accepted" });
  });

  it("is recalled: the site forgets it", async () => {
    const answer = await qse.instruct({ type: "recall", id: "vdi-1", site: run.plan.siteId, issued: soon(0) });
    expect(answer).toMatchObject({ status: 202, body: { verdict: "accepted", instruction: { id: "vdi-1" } } });
    await vi.waitFor(async () => expect((await run.newest())?.input.facts.instructions).toEqual([]), {
      timeout: 20_000,
      interval: 100,
    });
  });

  it("another's key, a body changed on the way, an old signature: a stranger is told why, and counted", async () => {
    const sent = message({ id: "vdi-9", off: true });
    const tried = [
      await qse.instruct(sent, { signedWith: keyPair().privatePem }),
      await qse.instruct(sent, { signedWith: "nothing" }),
      await qse.instruct(sent, { spoil: (body) => body.replace("vdi-9", "vdi-8") }),
      await qse.instruct(sent, { time: soon(-121) }),
    ];
    expect(tried.map(({ status, body }) => [status, (body as { why: string }).why])).toEqual([
      [401, "its key is not known here"],
      [401, "it is not signed"],
      [401, "the signature does not hold"],
      [401, "ballast-time is more than 120 s from market time"],
    ]);
    const counted = await query<{ named: string; why: string; times: number }>(
      run.pool,
      `SELECT named, why, times FROM door_stranger ORDER BY why`,
    );
    expect(counted.map(({ named, times }) => [named, times])).toEqual([
      ["alpha", 1],
      ["", 1],
      ["", 1],
      ["alpha", 1],
    ]);
  });
});

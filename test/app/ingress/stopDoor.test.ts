import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client, Connection } from "@temporalio/client";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { postgresSafetyStops } from "../../../src/adapters/postgres/safetyStops.ts";
import { query } from "../../../src/adapters/postgres/pool.ts";
import { addOperator, removeOperator } from "../../../src/app/operator/operatorKeyFile.ts";
import { holdsNow } from "../../../src/readModels/holdsNow.ts";
import type { QseAnswer, Sending, SimulatedQse } from "../../../src/simulators/qse/qse.ts";
import { testTemporal } from "../../support/stack.ts";
import { InstructedRun, keyPair } from "./instructedRun.ts";

const WITHIN = { timeout: 20_000, interval: 100 };
const run = new InstructedRun();
const site = run.plan.siteId;
const [cohort] = run.plan.cohorts.map(({ cohortId }) => cohortId);
const panelKey = keyPair();
let panel: SimulatedQse;
let qse: SimulatedQse;

/** A fire panel that may stop and start again beside the QSE that may not. */
const PANEL = `  panel:
    publicKeys: [panel.pem]
    mayStop: true
    mayStartAgain: true
    sites: [${site}]
`;

beforeAll(async () => {
  await run.prepare();
  const roles = ["stop", "start-again"] as const;
  addOperator({ dataDir: run.folder, actor: "ingress", roles, vouches: true, keyFile: join(run.folder, "stop.key") });
  writeFileSync(join(run.folder, "panel.pem"), panelKey.publicPem);
  writeFileSync(join(run.folder, "ingress.yaml"), run.ingressYaml(PANEL, "", "stopKey: stop.key\n"));
  await run.work();
  await open();
}, 60_000);
afterAll(() => run.end());

async function open(): Promise<void> {
  const url = await run.open();
  qse = run.qse(url);
  panel = run.qse(url, { privateKeyPem: panelKey.privatePem });
}
const stop = (changes: object = {}, how: Sending = {}, by = panel): Promise<QseAnswer> =>
  by.send(JSON.stringify({ type: "stop", site, reason: "smoke", ...changes }), { path: "/v1/stop", ...how });
const startAgain = (changes: object = {}, how: Sending = {}, by = panel): Promise<QseAnswer> =>
  by.send(JSON.stringify({ type: "start-again", site, reason: "the hall is clear", ...changes }), {
    path: "/v1/start-again",
    ...how,
  });
const now = (): string => new Date().toISOString();
/** Machines that the newest decision has off, and who stopped them. */
async function off(): Promise<readonly [machines: number, stoppedBy: readonly string[]]> {
  const record = await run.newest();
  const machines = (record?.output.cohorts ?? []).reduce(
    (sum, { split }) => sum + (split.find(({ modeId }) => modeId === "off")?.machines ?? 0),
    0,
  );
  return [machines, (record?.input.facts.stops ?? []).map(({ actor, reason }) => `${actor}: ${reason}`)];
}
/** The stops that `ballast status` names. */
async function shownStops(): Promise<readonly string[]> {
  const { latest, keptHolds } = await run.status();
  const { stops } = holdsNow(latest, keptHolds);
  return stops.map(({ actor, reason, isDecided }) => `${actor}: ${reason}${isDecided ? "" : ", not decided on"}`);
}
const inForce = () => postgresSafetyStops(run.pool).inForce(site);

describe("a safety stop over HTTP", () => {
  it("takes every machine of the site off, in the name of its issuer; start-again ends it", async () => {
    const all = { id: "warm", product: "ERS-30", targetMw: 0.06 };
    await qse.instruct({ type: "instruction", site, issued: now(), ...all });
    await vi.waitFor(async () => expect(await run.newest()).toBeDefined(), WITHIN);
    expect(await off()).toEqual([0, []]);
    const stopped = await stop();
    expect(stopped).toMatchObject({
      status: 202,
      body: { isSeenBefore: false, isTold: true, stop: { type: "stop", site, reason: "smoke" } },
    });
    expect(await off()).toEqual([20, ["panel: smoke"]]);
    const { decision } = (stopped.body as { stop: { decision: number } }).stop;
    expect((await run.newest())?.sequence).toBe(decision);
    expect(await startAgain()).toMatchObject({ status: 202, body: { isTold: true, stop: { type: "start-again" } } });
    // without a price nothing starts them
    expect(await off()).toEqual([20, []]);
    expect(await inForce()).toEqual([]);
  });

  it("sent again under its nonce is the same stop, of which the site hears once; other words under it are refused", async () => {
    const how = { nonce: "s".repeat(24), time: now() };
    const first = await stop({ cohort, reason: "x".repeat(900) }, how);
    const again = await stop({ cohort, reason: "x".repeat(900) }, how);
    expect([first, again]).toMatchObject([
      {
        status: 202,
        body: { isSeenBefore: false, isTold: true, stop: { cohort, reason: expect.stringMatching(/^x{199}…$/) } },
      },
      { status: 202, body: { isSeenBefore: true, isTold: true } },
    ]);
    expect((again.body as { stop: object }).stop).toEqual((first.body as { stop: object }).stop);
    expect(await stop({ reason: "another" }, how)).toMatchObject({ status: 409, body: { code: "replayed" } });
    const { id } = (first.body as { stop: { id: string } }).stop;
    expect(await query(run.pool, `SELECT kind, actor FROM safety_stop WHERE request_id = $1`, [id])).toEqual([
      { kind: "stop", actor: "panel" },
    ]);
    expect(await startAgain({ cohort })).toMatchObject({ status: 202, body: { isTold: true } });
    expect(await inForce()).toEqual([]);
  });

  it("is refused, and kept as refused, where the issuer, the place or the body is wrong", async () => {
    const tried = [
      await stop({}, {}, qse),
      await startAgain({}, {}, qse),
      await stop({ site: "elsewhere" }),
      await stop({ cohort: "hall-9" }),
      await startAgain(),
      await startAgain({ reason: " " }),
      await stop({ cohorts: [cohort] }),
      await stop({}, { path: "/v1/start-again" }),
      await stop({}, { contentType: "application/xml" }),
      await panel.instruct({ type: "recall", id: "none", site, issued: now() }),
    ];
    expect(tried.map(({ status, body }) => [status, (body as { code: string }).code])).toEqual([
      [403, "sender"],
      [403, "sender"],
      [404, "site"],
      [404, "site"],
      [404, "unknown"],
      [400, "malformed"],
      [400, "malformed"],
      [400, "malformed"],
      [400, "malformed"],
      [403, "sender"],
    ]);
    const kept = await query<{ sender: string; code: string }>(
      run.pool,
      `SELECT sender, refusal ->> 'code' AS code FROM door_message WHERE verdict = 'refused' AND message_no = ANY($1)`,
      [tried.map(({ body }) => (body as { message: string }).message)],
    );
    expect(kept).toHaveLength(tried.length);
    expect(kept[0]).toEqual({ sender: "alpha", code: "sender" });
    expect(await stop({}, { signedWith: keyPair().privatePem })).toMatchObject({ status: 401 });
    expect(await stop({ reason: "x".repeat(65_537) })).toMatchObject({ status: 413 });
    expect(await inForce()).toEqual([]);
  });
});

describe("a safety stop while a server is away", () => {
  it("without Temporal it is kept and in force, and its site is told once it is back, by an ingress that began since", async () => {
    run.describe("127.0.0.1:1");
    const how = { nonce: "t".repeat(24), time: now() };
    expect(await stop({}, how)).toMatchObject({ status: 202, body: { isTold: false, isSeenBefore: false } });
    expect(await inForce()).toMatchObject([{ actor: "panel", reason: "smoke" }]);
    expect(await shownStops()).toEqual(["panel: smoke, not decided on"]);
    const ending = { nonce: "u".repeat(24), time: now() };
    expect(await startAgain({}, ending)).toMatchObject({
      status: 503,
      headers: { "retry-after": "5" },
      body: { why: expect.stringMatching(/does not answer: the stop stands/) },
    });
    expect(await inForce()).toHaveLength(1);
    await run.shut();
    run.describe();
    await open();
    await vi.waitFor(async () => expect(await off()).toEqual([20, ["panel: smoke"]]), WITHIN);
    await vi.waitFor(async () => expect(await stop({}, how)).toMatchObject({ body: { isTold: true } }), WITHIN);
    expect(await shownStops()).toEqual(["panel: smoke"]);
    // the end was told to nobody, until it was asked again
    expect(await inForce()).toHaveLength(1);
    expect(await startAgain({}, ending)).toMatchObject({ status: 202, body: { isSeenBefore: true, isTold: true } });
    expect((await off())[1]).toEqual([]);
    expect(await inForce()).toEqual([]);
  }, 60_000);

  it("brings a site back whose run was ended, which decides on it at once", async () => {
    const { address, namespace } = testTemporal();
    const connection = await Connection.connect({ address });
    await new Client({ connection, namespace }).workflow.getHandle(`site/${site}`).terminate("by mistake");
    await connection.close();
    expect(await stop()).toMatchObject({ status: 202, body: { isTold: true } });
    expect((await off())[1]).toEqual(["panel: smoke"]);
    expect(await startAgain()).toMatchObject({ status: 202, body: { isTold: true } });
    expect((await off())[1]).toEqual([]);
  }, 30_000);

  it("without the database nothing is kept: 503, and the same message again is taken", async () => {
    const how = { nonce: "v".repeat(24), time: now() };
    run.describe(undefined, "postgres://nobody:x@127.0.0.1:1/none");
    expect(await stop({}, how)).toMatchObject({ status: 503, body: { code: "unavailable" } });
    run.describe();
    expect(await stop({}, how)).toMatchObject({ status: 202, body: { isSeenBefore: false, isTold: true } });
    expect(await startAgain()).toMatchObject({ status: 202 });
  });

  it("an ingress whose key was taken away stops nothing, and says so", async () => {
    removeOperator(run.folder, "ingress");
    expect(await stop()).toMatchObject({
      status: 403,
      body: { why: expect.stringMatching(/its own key is not listed/) },
    });
    expect(await inForce()).toEqual([]);
  });
});

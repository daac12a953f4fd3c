import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgresDecisionStore } from "../../src/adapters/postgres/decisionStore.ts";
import { awaitIdle } from "../../src/app/worker/siteGateway.ts";
import type { DecisionRecord } from "../../src/domain/decision/model.ts";
import { parseInstant } from "../../src/domain/units/instant.ts";
import { siteInput, workflowIds } from "../../workflows/contracts.ts";
import { freeNet } from "../app/smallSite.ts";
import { eventually, goTo, killSite, type Rig, startRig, steppedPrices } from "./supportSystem.ts";

const HOLD = "~desk";
const SITE = "pecan-draw";
/**
 * Central 10:14:00: an instruction comes, and the meter is looked at every ten seconds; 10:14:37: it ends, and nothing
 * else but the site's own wake is due from 10:14:33 on.
 */
const ORDERED = parseInstant("2026-08-18T15:14:00Z");
const QUIET = "2026-08-18T15:14:33.000Z";
const ENDS = parseInstant("2026-08-18T15:14:37Z");

describe("a worker killed while its site sleeps until an instruction ends", () => {
  const folder = mkdtempSync(join(tmpdir(), "ballast-clock-"));
  let rig: Rig;

  const decisions = async (): Promise<readonly DecisionRecord[]> =>
    postgresDecisionStore(rig.system.pool).between(SITE, ORDERED, parseInstant("2026-08-18T16:00:00Z"));

  beforeAll(async () => {
    rig = await startRig({
      deployment: killSite(await freeNet(), 4),
      startAt: "2026-08-18T15:00:00Z",
      prices: steppedPrices(folder, 25),
      seed: 5,
      holds: [HOLD],
    });
    await goTo(rig, ORDERED, HOLD);
    const instruction = {
      instructionId: "qse-1",
      issuer: "QSE",
      action: "curtail",
      from: ORDERED,
      until: ENDS,
    } as const;
    await rig.system.client.workflow
      .getHandle(workflowIds.site(SITE))
      .signal(siteInput, { kind: "instruction", id: "instruction/1", at: ORDERED, instruction });
    await awaitIdle(rig.system.client, workflowIds.site(SITE));
    await goTo(rig, QUIET, HOLD);
  }, 120_000);

  afterAll(async () => {
    await rig?.close();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  it("has everything off, and the wake in its memory alone", () => {
    expect(rig.world.fleet.machineIds.filter((id) => !rig.world.fleet.state(id).asleep)).toEqual([]);
    expect(rig.world.keeper.status().waiters[0]).toEqual({ key: `wake/${SITE}`, untilMs: Date.parse(ENDS) });
  });

  it("leaves the clock standing at the end of the instruction, not a second later, until another worker has taken up the wake there", async () => {
    const before = rig.system.worker.pid;
    process.kill(before, "SIGKILL");
    rig.world.keeper.release(HOLD);
    await eventually(
      "the clock to stand at the wake",
      rig,
      20_000,
      async () => rig.world.keeper.status().holds.includes(`wake/${SITE}`) || undefined,
    );
    expect([rig.system.worker.pid, rig.world.keeper.nowMs()]).toEqual([before, Date.parse(ENDS)]);

    const back = await eventually("the decision that brings the load back", rig, 60_000, async () =>
      (await decisions()).find(({ input, dispatch }) => input.asOf > ORDERED && dispatch),
    );
    rig.world.keeper.stopAt(Date.parse("2026-08-18T15:20:00Z"));
    expect(back.input.asOf).toBe(ENDS);
    expect(back.input.inputIds).toContain(`wake/${ENDS}`);
    expect(rig.system.worker.pid).not.toBe(before);
  }, 120_000);

  it("and the clock goes on: every machine comes back, and the feeds are asked again", async () => {
    await eventually(
      "market time 10:20",
      rig,
      60_000,
      async () => rig.world.keeper.nowMs() === Date.parse("2026-08-18T15:20:00Z") || undefined,
    );
    expect(rig.world.fleet.machineIds.filter((id) => rig.world.fleet.state(id).asleep)).toEqual([]);
    expect((await decisions()).at(-1)?.input.facts.scedRuns.at(-1)?.scedAt).toBe("2026-08-18T15:15:11.000Z");
  }, 90_000);
});

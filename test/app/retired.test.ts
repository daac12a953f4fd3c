import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgresDecisionStore } from "../../src/adapters/postgres/decisionStore.ts";
import { postgresEvidenceStore } from "../../src/adapters/postgres/evidenceStore.ts";
import { postgresJournal } from "../../src/adapters/postgres/journal.ts";
import { addOperator } from "../../src/app/operator/operatorKeyFile.ts";
import { closedRunExported } from "../../src/app/session/closedRunExported.ts";
import { DEMO_DAY, DEMO_SEED, demoPrices } from "../../src/app/session/demoDay.ts";
import { type LocalRun, startLocalRun } from "../../src/app/session/localRun.ts";
import { simulatedSite } from "../../src/app/session/simulatedSite.ts";
import { nextDay, previousDay } from "../../src/domain/market/calendar.ts";
import { workflowIds } from "../../workflows/contracts.ts";
import { at, ballast, type CliResult, letTimePass } from "./cliSupport.ts";
import { seldomAsking } from "./quietSite.ts";
import { freeNet, smallSite } from "./smallSite.ts";

const folder = mkdtempSync(join(tmpdir(), "ballast-retired-"));
const dataDir = join(folder, "run");
const keyFile = join(folder, "maria.key");
const SITE = "pecan-draw";
let run: LocalRun;

const ask = (...words: string[]): Promise<CliResult> => ballast([...words, "--run", dataDir, "--key-file", keyFile]);

/** A day of which a site decides the first ten minutes, with every command as a person gives it. */
describe("a site that maria retires at ten past midnight, while the price is below every strike", () => {
  beforeAll(async () => {
    const deployment = seldomAsking(smallSite({ day: DEMO_DAY, net: await freeNet(), machinesPerCohort: 1 }));
    run = await startLocalRun({
      dataDir,
      deployment,
      onProgress: () => undefined,
      world: {
        startAt: at("23:57:00", previousDay(DEMO_DAY)),
        speed: null,
        prices: demoPrices(),
        seed: DEMO_SEED,
        ...simulatedSite(deployment),
      },
    });
    addOperator({ dataDir, actor: "maria", roles: ["desk"], keyFile });
    await letTimePass(run, at("00:10:00", DEMO_DAY));
  }, 240_000);

  afterAll(async () => {
    await run?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 30_000);

  it("is retired by name and reason; it completes its run, and whatever is asked of it is refused with the same words", async () => {
    const why = `site ${SITE} is retired, by maria at ${DEMO_DAY} 00:10:00 Central: lease ended`;
    const unmeant = await ask("site", "retire", SITE, "--reason", "lease ended");
    expect([unmeant.code, unmeant.stdout]).toEqual([1, ""]);
    expect(unmeant.stderr).toContain(`site ${SITE} is not retired: there is no way back`);
    const { code, stdout, stderr } = await ask("site", "retire", SITE, "--yes", "--reason", "lease ended");
    expect([code, stdout.replaceAll(/\s+/g, " ").trim(), stderr]).toEqual([
      0,
      `${why}. No command goes to its machines from then on: they stay as they are, stop them at the site. ` +
        "Its days are still settled and corrected.",
      "",
    ]);
    const { status, runId } = await run.client.workflow.getHandle(workflowIds.site(SITE)).describe();
    expect(status.name).toBe("COMPLETED");
    await closedRunExported(run, SITE);
    expect((await postgresEvidenceStore(run.pool).latestRun(SITE))?.runId).toBe(runId);
    const order = await ask("order", "--all", "--action", "curtail", "--until", "+1h", "--reason", "heat");
    expect([order.code, order.stdout, order.stderr]).toEqual([1, "", `ballast: ${why}\n`]);
  });

  it("is metered to the end of its day, decides nothing more, and its last day is settled whole", async () => {
    await letTimePass(run, at("00:21:00", nextDay(DEMO_DAY)));
    const decisions = await postgresDecisionStore(run.pool).between(
      SITE,
      at("00:10:00", DEMO_DAY),
      at("00:21:00", nextDay(DEMO_DAY)),
    );
    expect(decisions).toEqual([]);
    expect((await ask("settle", DEMO_DAY)).code).toBe(0);
    const settled = () => postgresJournal(run.pool).settlement(SITE, DEMO_DAY);
    await expect.poll(settled, { timeout: 20_000 }).toMatchObject({ result: { version: 1, missing: [] } });
  });

  it("has its last statement issued, and shows in its status who retired it and that nothing is looked at any more", async () => {
    const { code, stdout } = await ask("issue", "mesquite-2024", `${DEMO_DAY}..${DEMO_DAY}`);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^\S+ {2}\d+\.\d\d \$\n$/)]);
    const { stdout: shown } = await ballast(["status", "--run", dataDir]);
    expect(shown.split("\n")[1]).toBe("pecan-draw is retired, by maria at 2026-08-18 00:10:00: lease ended");
    expect(shown).toMatch(/^next look +none, the site decides nothing any more$/m);
  });
});

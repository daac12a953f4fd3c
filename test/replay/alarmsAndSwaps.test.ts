import { cpSync, mkdtempSync, rmSync, writeFileSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AuditVerdict, EvidenceRun } from "../../src/domain/evidence/model.ts";
import { auditBundle, type AuditOptions } from "../../src/replay/audit.ts";
import { openReplayer, type Replayer } from "../../src/replay/replayer.ts";
import { writeBundle } from "../../src/replay/writeBundle.ts";
import { testTemporal } from "../support/stack.ts";
import { bundleOf } from "./bundleOf.ts";
import { event, Forgery, inPayload, layersThatFind, type RawEvent, type RawHistory, withoutEvent } from "./forge.ts";
import { parsers, recordAlarm, recordSite, workflowsPath } from "./recordSite.ts";
import { remembering } from "./remembering.ts";

let folder: string;
let replayer: Replayer;
let copies = 0;
const bundle = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "ballast-swaps-"));
  const server = testTemporal();
  const [alarm, mine] = await Promise.all([recordAlarm(server), recordSite(server)]);
  await writeBundle(bundle("alarm"), {
    ...bundleOf(mine),
    ...alarm,
    settlements: [],
    statements: [],
    journal: [],
    registers: [],
    meters: [],
  });
  await writeBundle(bundle("mine"), bundleOf(mine));
  await writeBundle(
    bundle("other"),
    bundleOf(await recordSite(server, { siteId: mine.siteId, dearUsdPerMwh: "388.40" })),
  );
  replayer = remembering(await openReplayer(workflowsPath));
}, 180_000);

afterAll(() => {
  replayer?.close();
  rmSync(folder, { recursive: true, force: true });
});

const audit = (dir: string, options: Partial<AuditOptions> = {}): Promise<AuditVerdict> =>
  auditBundle(dir, { workflowsPath, parsers, replayer, ...options });
const forgery = (of: string): Forgery => new Forgery(bundle(of), bundle(`forged-${++copies}`));
const headOf = (of: string): string =>
  (JSON.parse(readFileSync(join(bundle(of), "manifest.json"), "utf8")) as { headChainHash: string }).headChainHash;

describe("a day with the site's own alarm, forged with every digest put right", () => {
  const fired = (history: RawHistory): RawEvent => event(history, "TIMER_FIRED");
  const taskAfter = (history: RawHistory, one: RawEvent): RawEvent =>
    event(history, "WORKFLOW_TASK_STARTED", ({ eventId }) => Number(eventId) > Number(one.eventId));
  const later = (one: RawEvent): void => {
    one["eventTime"] = new Date(Date.parse(one["eventTime"]) + 1_000).toISOString();
  };

  it("holds as it was recorded: an alarm was set, rang, and a decision was made at its hour", async () => {
    const verdict = await audit(bundle("alarm"), { head: headOf("alarm") });
    expect(verdict.layers.flatMap(({ findings }) => findings)).toEqual([]);
  });

  const alarms: readonly (readonly [layer: string, what: string, change: (history: RawHistory) => void])[] = [
    [
      "payloads",
      "how long the alarm was set for",
      (h) => {
        event(h, "TIMER_STARTED")["timerStartedEventAttributes"].startToFireTimeout = "3600s";
      },
    ],
    [
      "payloads",
      "what the alarm was said to be for",
      (h) => {
        (event(h, "TIMER_STARTED")["userMetadata"] as any).summary.data = Buffer.from('"lunch"').toString("base64");
      },
    ],
    ["replay", "the ringing of the alarm taken out, with every event counted anew", (h) => withoutEvent(h, fired(h))],
    [
      "structure",
      "another alarm's number on the ringing",
      (h) => {
        fired(h)["timerFiredEventAttributes"].timerId = "77";
      },
    ],
    ["payloads", "the hour at which the workflow heard the alarm", (h) => later(taskAfter(h, fired(h)))],
    [
      "payloads",
      "the hour of the decision that the alarm led to",
      (h) => {
        const scheduled = event(
          h,
          "ACTIVITY_TASK_SCHEDULED",
          (one) =>
            Number(one.eventId) > Number(fired(h).eventId) &&
            one["activityTaskScheduledEventAttributes"].activityType.name === "recordDecision",
        );
        inPayload(scheduled["activityTaskScheduledEventAttributes"].input.payloads[0], (r) => {
          r.input.asOf = new Date(Date.parse(r.input.asOf) - 1_000).toISOString();
        });
      },
    ],
  ];
  it.each(alarms)("is found by %s: %s", async (layer, _, change) => {
    const found = layersThatFind(await audit(forgery("alarm").run(1, change).seal()));
    expect(found).toContain(layer);
    expect(found).not.toContain("integrity");
  });

  it("is found by the published head alone: the hour that the server noted beside the ringing itself", async () => {
    const dir = forgery("alarm")
      .run(1, (h) => {
        fired(h)["eventTime"] = new Date(Date.parse(fired(h)["eventTime"]) + 20).toISOString();
      })
      .seal();
    expect(layersThatFind(await audit(dir))).toEqual([]);
    expect(layersThatFind(await audit(dir, { head: headOf("alarm") }))).toEqual(["integrity"]);
  });
});

describe("days of another life of the same site", () => {
  /** Another bundle's history in the place of run number `sequence`. */
  const swapped = (forged: Forgery, sequence: number): Forgery => {
    const other = new Forgery(bundle("other"), bundle(`other-${++copies}`));
    const run = other.manifest.runs[sequence - 1]!;
    cpSync(join(other.dir, run.file), join(forged.dir, run.file));
    (forged.manifest.runs as EvidenceRun[])[sequence - 1] = run;
    return forged;
  };

  it.each([
    [1, "first"],
    [2, "second"],
  ])("are found by structure: day %i (the %s) swapped for one that the site lived another time", async (sequence) => {
    const found = layersThatFind(await audit(swapped(forgery("mine"), sequence).seal()));
    expect(found).toContain("structure");
    expect(found).not.toContain("integrity");
  });

  it("are found by sources, since the prices were other ones: both days swapped, the books kept", async () => {
    expect(layersThatFind(await audit(swapped(swapped(forgery("mine"), 1), 2).seal()))).toContain("sources");
  });

  it("are found by effects: the last day left out, though it was settled", async () => {
    const forged = forgery("mine");
    (forged.manifest.runs as EvidenceRun[]).length = 0;
    expect(layersThatFind(await audit(forged.seal()))).toContain("effects");
  });

  it("are found by sources: the bytes of two kept documents swapped", async () => {
    const forged = forgery("mine");
    const [, first, second] = forged.manifest.documents.map(({ path }) => join(forged.dir, path));
    const [one, two] = [readFileSync(first!), readFileSync(second!)];
    writeFileSync(first!, two);
    writeFileSync(second!, one);
    expect(layersThatFind(await audit(forged.seal()))).toContain("sources");
  });

  it("are found by the published head alone: the whole of one life passed off as the other", async () => {
    expect((await audit(bundle("other"))).ok).toBe(true);
    expect(layersThatFind(await audit(bundle("other"), { head: headOf("mine") }))).toEqual(["integrity"]);
  });
});

describe("a bundle of another build of rules and workflows", () => {
  it("is told apart from a forgery: recorded by one build, audited by another", async () => {
    const { renderVerdict } = await import("../../src/replay/renderVerdict.ts");
    const good = renderVerdict(await audit(bundle("mine"), { buildId: "1111222233334444" }));
    expect(good).toContain("this program is build 1111222233334444. Its rules give the same.");
    const dir = forgery("mine")
      .run(1, (h) =>
        inPayload(
          event(h, "WORKFLOW_EXECUTION_UPDATE_ACCEPTED")["workflowExecutionUpdateAcceptedEventAttributes"]
            .acceptedRequest.input.args.payloads[0],
          (o) => {
            o.order.reason = "no";
          },
        ),
      )
      .seal();
    const bad = renderVerdict(await audit(dir, { buildId: "1111222233334444" }));
    expect(bad).toMatch(
      /Recorded by build \S+ of rules and workflows; this program is build 1111222233334444\.\n.*may come from a change of the program's rules, not from a forgery: audit with the program of that build/,
    );
    const same = (JSON.parse(readFileSync(join(bundle("mine"), "manifest.json"), "utf8")) as { runs: EvidenceRun[] })
      .runs[0]!.buildId;
    expect((await audit(bundle("mine"), { buildId: same })).otherBuilds).toBeUndefined();
  });
});

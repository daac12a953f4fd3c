import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { editBytes, filesOf } from "../../bench/support/byteEdits.ts";
import type { JournalLedgerRow } from "../../src/domain/evidence/ledgers.ts";
import type { AuditVerdict, BundleManifest } from "../../src/domain/evidence/model.ts";
import { entriesToPost } from "../../src/domain/settlement/adjust.ts";
import { settle } from "../../src/domain/settlement/settle.ts";
import { auditBundle, type AuditOptions } from "../../src/replay/audit.ts";
import type { Anchors } from "../../src/replay/auditedSite.ts";
import { BundleError } from "../../src/replay/bundleFile.ts";
import { MANIFEST_DIGEST, manifestDigestText, manifestText } from "../../src/replay/bundle.ts";
import { integrity } from "../../src/replay/layers/integrity.ts";
import { openReplayer, type Replayer } from "../../src/replay/replayer.ts";
import type { Parsers } from "../../src/replay/sourceBook.ts";
import { event, Forgery, inPayload, layersThatFind, type RawEvent, type RawHistory } from "./forge.ts";
import { type RealEvening, realEvening } from "./realEvening.ts";
import { workflowsPath } from "./recordSite.ts";
import { readingOnce, remembering } from "./remembering.ts";

const MINUTES = 60_000;
const folder = mkdtempSync(join(tmpdir(), "ballast-forgeries-"));
let evening: RealEvening;
let replayer: Replayer;
let parsers: Parsers;
let copies = 0;

beforeAll(async () => {
  evening = await realEvening(join(folder, "run"));
  parsers = readingOnce(evening.parsers);
  replayer = remembering(await openReplayer(workflowsPath));
}, 8 * MINUTES);

afterAll(() => {
  replayer?.close();
  rmSync(folder, { recursive: true, force: true });
});

const audit = (dir: string, options: Partial<AuditOptions> = {}): Promise<AuditVerdict> =>
  auditBundle(dir, { workflowsPath, parsers, replayer, ...options });
/** The first layer alone: it needs nothing but the bytes. */
const auditIntegrity = (dir: string, anchors: Anchors = {}) =>
  auditBundle(dir, { workflowsPath, parsers, layers: [integrity], ...anchors });

/**
 * A copy that is forged, judged and thrown away: by which layers without any anchor, and whether head and signature
 * hold.
 */
async function judged(
  forge: (forgery: Forgery) => unknown,
): Promise<{ layers: string[]; head: boolean; signature: boolean }> {
  const forgery = new Forgery(evening.bundleDir, join(folder, `forged-${++copies}`));
  await forge(forgery);
  const dir = forgery.seal();
  const layers = layersThatFind(await audit(dir));
  const head = (await auditIntegrity(dir, { head: evening.head })).ok;
  const signature = (await auditIntegrity(dir, { publicKeyPem: evening.publicKeyPem })).ok;
  rmSync(dir, { recursive: true });
  return { layers, head, signature };
}

const activity = (history: RawHistory, name: string, condition: (input: any) => boolean = () => true): RawEvent =>
  event(
    history,
    "ACTIVITY_TASK_SCHEDULED",
    ({ activityTaskScheduledEventAttributes: a }) =>
      a.activityType.name === name && condition(valueOf(a.input.payloads[0])),
  );
const answerOf = (history: RawHistory, scheduled: RawEvent): { data: string } =>
  event(
    history,
    "ACTIVITY_TASK_COMPLETED",
    (one) => one["activityTaskCompletedEventAttributes"].scheduledEventId === scheduled.eventId,
  )["activityTaskCompletedEventAttributes"].result.payloads[0];
const valueOf = (payload: { data: string }): any => JSON.parse(Buffer.from(payload.data, "base64").toString("utf8"));
const signalled = (history: RawHistory, condition: (input: any) => boolean): { data: string } =>
  event(history, "WORKFLOW_EXECUTION_SIGNALED", (one) =>
    condition(valueOf(one["workflowExecutionSignaledEventAttributes"].input.payloads[0])),
  )["workflowExecutionSignaledEventAttributes"].input.payloads[0];
const orderOf = (history: RawHistory): { data: string } =>
  event(history, "WORKFLOW_EXECUTION_UPDATE_ACCEPTED")["workflowExecutionUpdateAcceptedEventAttributes"].acceptedRequest
    .input.args.payloads[0];
/** The index of the last workflow task completed before the middle of a history. */
const taskEnd = (history: RawHistory): number =>
  history.events.findLastIndex(
    (one, i) => i < history.events.length / 2 && one.eventType === "EVENT_TYPE_WORKFLOW_TASK_COMPLETED",
  );
const asInHistory = (run: object, history: RawHistory) => ({
  ...run,
  events: history.events.length,
  closedAt: new Date(history.events.at(-1)!["eventTime"] as string).toISOString() as never,
});

describe("the evening's own bundle", () => {
  it("holds in every layer against the published head and the public key, without a word about a missing anchor", async () => {
    const verdict = await audit(evening.bundleDir, { head: evening.head, publicKeyPem: evening.publicKeyPem });
    expect(verdict.layers.flatMap(({ findings }) => findings)).toEqual([]);
    expect(verdict.layers.filter(({ checked }) => checked === 0)).toEqual([]);
    expect(verdict.layers.find(({ layer }) => layer === "integrity")?.notes).toEqual([]);
  });

  it("holds the journal: two versions, the second as differences of one corrected interval", () => {
    const rows = readFileSync(join(evening.bundleDir, "ledgers/journal.jsonl"), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as JournalLedgerRow);
    expect(new Set(rows.map(({ settlementVersion }) => settlementVersion))).toEqual(new Set([1, 2]));
    const second = rows.filter(({ settlementVersion }) => settlementVersion === 2);
    expect(new Set(second.map(({ kind, effectiveAt }) => `${kind} ${effectiveAt}`))).toEqual(
      new Set(["adjustment 2026-08-19T00:45:00.000Z"]),
    );
    expect(second.length).toBeGreaterThan(1);
  });

  it("is signed alike by a key that the environment names, and not written with one that cannot be read", () => {
    const { signature } = JSON.parse(readFileSync(join(evening.bundleDir, "manifest.json"), "utf8")) as BundleManifest;
    expect(evening.byEnvironment.signature).toEqual(signature);
    expect(evening.byEnvironment.problem).toMatchObject({
      name: "BundleError",
      message: expect.stringMatching(
        /^signing key .*signing\.pem\.not: cannot be read \(ENOENT\); expected an Ed25519 private key in PEM/,
      ),
    });
  });

  it("holds no private key", () => {
    for (const path of filesOf(evening.bundleDir))
      expect(readFileSync(join(evening.bundleDir, path)).includes("PRIVATE KEY"), path).toBe(false);
    expect(statSync(join(folder, "run", "keys", "signing.pem")).mode & 0o777).toBe(0o600);
  });
});

describe("the evening forged with every digest, the chain and the head put right", () => {
  const histories: readonly (readonly [layers: string, what: string, forge: (forgery: Forgery) => unknown])[] = [
    [
      "decisions, sources",
      "the price that sent a cohort back to work, as it was signalled",
      (f) =>
        f.run(1, (h) =>
          inPayload(
            signalled(h, (i) => i.kind === "sced-lmp" && i.lmpUsdPerMwh < 60),
            (i) => {
              i.lmpUsdPerMwh += 200;
            },
          ),
        ),
    ],
    [
      "payloads, decisions",
      "a decision's reason, with the hash that the ledger answered",
      (f) =>
        f.run(1, (h) => {
          const scheduled = activity(h, "recordDecision", (r) =>
            r.output.cohorts.some((c: any) => c.reason === "operator-order"),
          );
          const payload = scheduled["activityTaskScheduledEventAttributes"].input.payloads[0];
          inPayload(payload, (r) => {
            for (const c of r.output.cohorts) if (c.reason === "operator-order") c.reason = "economic";
          });
        }),
    ],
    [
      "payloads, decisions",
      "the hash that the ledger answered to a decision",
      (f) =>
        f.run(1, (h) =>
          inPayload(
            answerOf(
              h,
              activity(h, "recordDecision", (r) => r.sequence === 5),
            ),
            (a) => {
              a.recordHash = "0".repeat(64);
            },
          ),
        ),
    ],
    [
      "effects",
      "the kilowatts that a dispatch was answered with",
      (f) =>
        f.run(1, (h) =>
          inPayload(
            signalled(h, (i) => i.kind === "dispatch-verdict" && i.measuredKw !== undefined),
            (i) => {
              i.measuredKw += 1;
            },
          ),
        ),
    ],
    [
      "replay, effects",
      "how a dispatch ended",
      (f) =>
        f.run(1, (h) =>
          inPayload(
            signalled(h, (i) => i.kind === "dispatch-verdict"),
            (i) => {
              i.outcome = "short";
              i.stragglers = 4;
            },
          ),
        ),
    ],
    [
      "payloads, decisions",
      "who placed an order",
      (f) =>
        f.run(1, (h) =>
          inPayload(orderOf(h), (o) => {
            o.order.actor = "night.watch";
          }),
        ),
    ],
    [
      "payloads, decisions",
      "why an order was placed",
      (f) =>
        f.run(1, (h) =>
          inPayload(orderOf(h), (o) => {
            o.order.reason = "price too high";
          }),
        ),
    ],
    [
      "replay, decisions",
      "when an order ends",
      (f) =>
        f.run(1, (h) =>
          inPayload(orderOf(h), (o) => {
            o.order.until = "2026-08-19T03:55:00.000Z";
          }),
        ),
    ],
    [
      "structure",
      "a history cut at the end of a workflow task",
      (f) =>
        f.run(
          1,
          (h) => {
            h.events.splice(taskEnd(h) + 1);
          },
          asInHistory,
        ),
    ],
    [
      "replay",
      "a history cut at the end of a workflow task and closed by hand with the true end",
      (f) =>
        f.run(
          1,
          (h) => {
            const end = h.events.at(-1)!;
            const kept = h.events.slice(0, taskEnd(h) + 1);
            end["workflowExecutionContinuedAsNewEventAttributes"].workflowTaskCompletedEventId = String(kept.length);
            h.events = [...kept, { ...end, eventId: String(kept.length + 1) }];
          },
          asInHistory,
        ),
    ],
    [
      "effects",
      "the whole day's history left out",
      (f) => {
        (f.manifest.runs as unknown[]).pop();
      },
    ],
  ];
  it.each(histories)("is found by %s without any head: %s", async (layers, _, forge) => {
    const found = await judged(forge);
    expect(found.layers).toEqual(expect.arrayContaining(layers.split(", ")));
    expect(found.layers).not.toContain("integrity");
    expect([found.head, found.signature]).toEqual([false, false]);
  });

  const books: readonly (readonly [layers: string, what: string, forge: (forgery: Forgery) => unknown])[] = [
    [
      "dollars",
      "one watt-hour of a meter's register",
      (f) =>
        f.ledger("registers", (rows) => {
          const row = rows.findLast(
            (one) =>
              one.meterId === rows[0].meterId && one.registerWh !== undefined && one.boundaryAt < "2026-08-19T04:30",
          );
          row.registerWh = String(BigInt(row.registerWh) + 1n);
        }),
    ],
    [
      "dollars",
      "one hundred-millionth of a dollar in a journal line",
      (f) =>
        f.ledger("journal", (rows) => {
          rows[0].postings[0].amountE8 = String(BigInt(rows[0].postings[0].amountE8) + 1n);
        }),
    ],
    [
      "dollars",
      "a hundred-millionth moved from one account to another inside an entry",
      (f) =>
        f.ledger("journal", (rows) => {
          const [a, b] = rows[0].postings;
          a.amountE8 = String(BigInt(a.amountE8) + 1n);
          b.amountE8 = String(BigInt(b.amountE8) - 1n);
        }),
    ],
    [
      "dollars",
      "the account of a journal line",
      (f) =>
        f.ledger("journal", (rows) => {
          rows.at(-1).postings[0].account = "Assets:Receivable:Client:nobody";
        }),
    ],
    [
      "dollars",
      "a journal entry left out",
      (f) =>
        f.ledger("journal", (rows) => {
          rows.splice(3, 1);
        }),
    ],
    [
      "dollars",
      "a journal entry posted twice",
      (f) =>
        f.ledger("journal", (rows) => {
          rows.push(rows[0]);
        }),
    ],
    [
      "dollars",
      "a balanced entry of another day put into the journal",
      (f) =>
        f.ledger("journal", (rows) => {
          rows.push({ ...rows[0], entryId: "x", operatingDay: "2026-08-17" });
        }),
    ],
    [
      "dollars",
      "an adjustment posted under the first version",
      (f) =>
        f.ledger("journal", (rows) => {
          rows.at(-1).settlementVersion = 1;
        }),
    ],
    [
      "dollars",
      "two settled versions of the day swapped",
      (f) => {
        const [first, second] = f.manifest.settlements.map(({ path }) => join(f.dir, path));
        copyFileSync(first!, join(folder, "kept"));
        copyFileSync(second!, first!);
        copyFileSync(join(folder, "kept"), second!);
      },
    ],
    [
      "dollars",
      "the day settled at another hub of the same documents",
      (f) =>
        f.settlement(1, ({ input }) => {
          input.settlementPoint = "HB_NORTH";
        }),
    ],
    [
      "effects",
      "a machine told another mode than was decided",
      (f) =>
        f.ledger("commands", (rows) => {
          rows[0].modeId = rows[0].modeId === "off" ? "normal" : "off";
        }),
    ],
  ];
  it.each(books)(
    "is found by %s without any head, and not by the head, which binds histories only: %s",
    async (layers, _, forge) => {
      const found = await judged(forge);
      expect(found).toEqual({ layers: layers.split(", "), head: true, signature: false });
    },
  );
});

describe("the evening remade so that everything in it agrees but the operator's own signature", () => {
  it.each([
    ["the person behind an order, in every record, hash and state after it", "maria.desk", "night.watch"],
    [
      "the reason of an order, in every record, hash and state after it",
      "breaker inspection in row 2",
      "breaker inspection in row 7",
    ],
  ])("is found by the operator's own signature, without any head: %s", async (_, from, to) => {
    expect(await judged((f) => f.remake(from, to))).toEqual({ layers: ["operators"], head: false, signature: false });
  });
});

describe("the evening remade so that everything in it agrees", () => {
  it("is found by the published head or the signature alone: a survey that no decision asked for", async () => {
    expect(
      await judged((f) =>
        f.run(1, (h) =>
          inPayload(answerOf(h, activity(h, "surveyFleet")), (a) => {
            a.machines = 5;
          }),
        ),
      ),
    ).toEqual({ layers: [], head: false, signature: false });
  });

  it("is found by the signature alone: a register, with both versions settled and posted anew from it", async () => {
    const found = await judged((f) =>
      f
        .ledger("registers", (rows) => {
          const row = siteRegister(rows);
          row.registerWh = String(BigInt(row.registerWh) + 100n);
        })
        .settlement(1, resettled)
        .settlement(2, resettled)
        .ledger("journal", (rows) => {
          const [first, second] = [1, 2].map(
            (version) =>
              JSON.parse(readFileSync(join(f.dir, `settlements/2026-08-18-v${version}.json`), "utf8")).result,
          );
          rows.splice(0, rows.length, ...entriesToPost(undefined, first), ...entriesToPost(first, second));
        }),
    );
    expect(found).toEqual({ layers: [], head: true, signature: false });
  });

  it("is found by the signature alone: how a machine answered a command, which nothing else tells", async () => {
    expect(
      await judged((f) =>
        f.ledger("commands", (rows) => {
          rows[0].outcome = "unreachable";
        }),
      ),
    ).toEqual({ layers: [], head: true, signature: false });
  });
});

/** The site meter's register at the end of the interval 23:00 to 23:15. */
const BOUNDARY = "2026-08-19T04:15:00.000Z";
const siteRegister = (rows: any[]): any => rows.find((row) => row.boundaryAt === BOUNDARY && row.meterId === "site");
function resettled(settlement: { input: any; result: any }): void {
  for (const interval of settlement.input.intervals) {
    if (Date.parse(interval.startAt) + 900_000 === Date.parse(BOUNDARY))
      interval.siteEnergyWh = String(BigInt(interval.siteEnergyWh) + 100n);
    if (interval.startAt === BOUNDARY) interval.siteEnergyWh = String(BigInt(interval.siteEnergyWh) - 100n);
  }
  settlement.result = settle(settlement.input);
}

describe("a manifest changed in what no file binds", () => {
  const changed = (change: (manifest: any) => string | void): string => {
    const dir = join(folder, `manifest-${++copies}`);
    cpSync(evening.bundleDir, dir, { recursive: true });
    const manifest = JSON.parse(readFileSync(join(dir, "manifest.json"), "utf8")) as BundleManifest;
    const text = change(manifest) ?? manifestText(manifest);
    writeFileSync(join(dir, "manifest.json"), text);
    writeFileSync(join(dir, MANIFEST_DIGEST), manifestDigestText(text));
    return dir;
  };

  it.each([
    [
      "the hour at which it was written",
      (m: any) => {
        m.createdAt = "2026-08-19T05:40:01.000Z";
      },
    ],
    [
      "the build that wrote the bundle",
      (m: any) => {
        m.buildId = "0".repeat(16);
      },
    ],
    [
      "a member that nobody knows",
      (m: any) => {
        m.remark = "approved";
      },
    ],
  ])("is found by the signature alone once its digest is put right: %s", async (_, change) => {
    const dir = changed(change);
    expect((await auditIntegrity(dir, { head: evening.head })).ok).toBe(true);
    expect((await auditIntegrity(dir, { publicKeyPem: evening.publicKeyPem })).ok).toBe(false);
    rmSync(dir, { recursive: true });
  });

  it.each([
    [
      "the name of the signing key",
      (m: any) => {
        m.signature.keyId = "0".repeat(16);
      },
    ],
    [
      "a blank in the signature",
      (m: any) => {
        m.signature.valueBase64 = ` ${m.signature.valueBase64}`;
      },
    ],
    [
      "a word beside the signature",
      (m: any) => {
        m.signature.by = "maria";
      },
    ],
    [
      "the signature taken off",
      (m: any) => {
        delete m.signature;
      },
    ],
  ])("is found by the public key: %s", async (_, change) => {
    const dir = changed(change);
    expect((await auditIntegrity(dir, { publicKeyPem: evening.publicKeyPem })).ok).toBe(false);
    rmSync(dir, { recursive: true });
  });

  it.each([
    ["a blank line at its end", (m: any) => `${manifestText(m)}\n`],
    ["a member given twice", (m: any) => manifestText(m).replace("{", '{\n "createdAt": "2020-01-01T00:00:00.000Z",')],
    [
      "the length of a file",
      (m: any) => {
        m.ledgers[0].bytes += 1;
      },
    ],
    [
      "the site",
      (m: any) => {
        m.siteId = "another-site";
      },
    ],
  ])("is found without any anchor: %s", async (_, change) => {
    const dir = changed(change);
    expect((await auditIntegrity(dir)).ok).toBe(false);
    rmSync(dir, { recursive: true });
  });

  it("is refused without any anchor: a file listed twice", async () => {
    const dir = changed((m: any) => {
      m.ledgers.push(m.ledgers[0]);
    });
    await expect(auditIntegrity(dir)).rejects.toThrow(BundleError);
    rmSync(dir, { recursive: true });
  });
});

/** `npm run bench -- byte-edits` makes 1,000 edits and shows 20 of them to the whole audit. */
describe("one byte of the bundle changed, in place, 200 times (seed 20260818)", () => {
  it(
    "is found by the integrity layer each time, without a head; and by the whole audit in a sample of 2",
    async () => {
      const dir = join(folder, "edited");
      cpSync(evening.bundleDir, dir, { recursive: true });
      const { missed, touched } = await editBytes({
        dir,
        edits: 200,
        auditedWhole: 2,
        seed: 20_260_818,
        integrityOf: auditIntegrity,
        auditOf: audit,
      });
      expect(missed).toEqual([]);
      expect(touched.size).toBeGreaterThan(30);
      for (const path of ["manifest.json", MANIFEST_DIGEST, "ledgers/journal.jsonl"]) expect(touched).toContain(path);
      expect((await auditIntegrity(dir, { head: evening.head, publicKeyPem: evening.publicKeyPem })).ok).toBe(true);
    },
    2 * MINUTES,
  );
});

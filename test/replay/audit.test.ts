import { generateKeyPairSync } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runFile } from "../../src/domain/evidence/linkRun.ts";
import type { AuditVerdict, EvidenceRun } from "../../src/domain/evidence/model.ts";
import { entriesToPost } from "../../src/domain/settlement/adjust.ts";
import { compose } from "../../src/domain/statement/compose.ts";
import { invoiceEntries } from "../../src/domain/statement/invoiceEntries.ts";
import { papersOf } from "../../src/domain/statement/papers.ts";
import { addSeconds, type Instant } from "../../src/domain/units/instant.ts";
import { auditBundle, type AuditOptions } from "../../src/replay/audit.ts";
import { openReplayer, type Replayer } from "../../src/replay/replayer.ts";
import { renderVerdict } from "../../src/replay/renderVerdict.ts";
import { writeBundle } from "../../src/replay/writeBundle.ts";
import { testTemporal } from "../support/stack.ts";
import { bundleOf } from "./bundleOf.ts";
import { changeLeaf, event, Forgery, inPayload, layersThatFind, leavesOf, type RawHistory } from "./forge.ts";
import { parsers, type RecordedSite, recordSite, workflowsPath } from "./recordSite.ts";
import { remembering } from "./remembering.ts";

let folder: string;
let honest: string;
let site: RecordedSite;
let replayer: Replayer;
let remembered: Replayer;
let copies = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "ballast-audit-"));
  site = await recordSite(testTemporal());
  honest = join(folder, "honest");
  await writeBundle(honest, bundleOf(site));
  replayer = await openReplayer(workflowsPath);
  remembered = remembering(replayer);
}, 180_000);

afterAll(() => {
  replayer?.close();
  rmSync(folder, { recursive: true, force: true });
});

const audit = (dir: string, options: Partial<AuditOptions> = {}): Promise<AuditVerdict> =>
  auditBundle(dir, { workflowsPath, parsers, replayer: remembered, ...options });
const forgery = (): Forgery => new Forgery(honest, join(folder, `forged-${++copies}`));
const layer = (verdict: AuditVerdict, name: string) => verdict.layers.find((one) => one.layer === name)!;
const record = (history: RawHistory, n: number) =>
  event(history, "ACTIVITY_TASK_SCHEDULED", (one) => {
    const attributes = one["activityTaskScheduledEventAttributes"];
    return (
      attributes.activityType.name === "recordDecision" &&
      JSON.parse(Buffer.from(attributes.input.payloads[0].data, "base64").toString()).sequence === n
    );
  })["activityTaskScheduledEventAttributes"];
const signal = (history: RawHistory, kind: string, n = 1) => {
  const all = history.events.filter(
    (one) =>
      one.eventType === "EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED" &&
      Buffer.from(one["workflowExecutionSignaledEventAttributes"].input.payloads[0].data, "base64")
        .toString()
        .includes(`"kind":"${kind}"`),
  );
  return all[n - 1]!["workflowExecutionSignaledEventAttributes"].input.payloads[0];
};

describe("an honest bundle", () => {
  it("holds in every layer, each of which had something to check", async () => {
    const verdict = await audit(honest);
    expect(verdict.layers.flatMap(({ findings }) => findings)).toEqual([]);
    expect(verdict.ok).toBe(true);
    expect(verdict.layers.map(({ layer: name }) => name)).toEqual([
      "integrity",
      "structure",
      "replay",
      "payloads",
      "operators",
      "decisions",
      "sources",
      "effects",
      "dollars",
    ]);
    for (const { checked } of verdict.layers) expect(checked).toBeGreaterThan(1);
  });

  it("is told in lines that a person reads, with what it does not prove", async () => {
    const text = renderVerdict(await audit(honest));
    expect(text).toMatch(/^ok {4}integrity/);
    expect(text).toContain("Not proven by any layer:");
    expect(text).toContain("no chain head from elsewhere was given");
    expect(text.trimEnd()).toMatch(/Verdict: everything that was checked follows from the inputs\.$/);
    expect(text).toMatch(/^Head {2}[0-9a-f]{64}, not compared with one from elsewhere$/m);
  });

  it("starts at the first run, curtails, takes an order, goes on at midnight: the recording is worth auditing", () => {
    expect(site.runs.map(({ run }) => run.sequence)).toEqual([1, 2]);
    expect(new Set(site.timeline.map(({ reason }) => reason))).toEqual(
      new Set(["silence", "economic", "operator-order"]),
    );
    expect(site.commands.length).toBeGreaterThan(40);
  });

  it("holds against a head published earlier and a signature, and not against others", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("ed25519", {
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
      publicKeyEncoding: { type: "spki", format: "pem" },
    });
    const stranger = generateKeyPairSync("ed25519", {
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
      publicKeyEncoding: { type: "spki", format: "pem" },
    });
    const dir = join(folder, "signed");
    await writeBundle(dir, { ...bundleOf(site), signingKeyPem: privateKey });
    const earlier = site.runs[0]!.run.chainHash;
    expect((await audit(dir, { head: earlier, publicKeyPem: publicKey })).ok).toBe(true);
    expect(layersThatFind(await audit(dir, { publicKeyPem: stranger.publicKey }))).toEqual(["integrity"]);
    expect(layersThatFind(await audit(dir, { head: "00".repeat(32) }))).toEqual(["integrity"]);
  });

  it("holds also while a forged one is audited by the same replayer, which is found", async () => {
    const forged = forgery().run(1, (history) =>
      inPayload(signal(history, "sced-lmp", 2), (v) => (v.lmpUsdPerMwh += 400)),
    );
    const together = (dir: string): Promise<AuditVerdict> => audit(dir, { replayer });
    const [before, found, after] = await Promise.all([together(honest), together(forged.seal()), together(honest)]);
    expect([before.ok, after.ok]).toEqual([true, true]);
    expect(layersThatFind(found)).toContain("decisions");
  });

  it("is never overwritten", async () => {
    await expect(writeBundle(honest, bundleOf(site))).rejects.toThrow(/evidence is never overwritten/);
  });
});

describe("a bundle changed by somebody who forgets the digests", () => {
  it("is found by the integrity of its files, one flipped bit being enough", async () => {
    const dir = forgery().dir;
    const path = join(dir, site.runs[0]!.run.file || `runs/00001-${site.runs[0]!.run.runId}.json`);
    const bytes = readFileSync(path);
    const space = bytes.indexOf(0x20);
    bytes[space] = 0x09; // a tab for a blank: the same history, other bytes
    writeFileSync(path, bytes);
    expect(layersThatFind(await audit(dir))).toEqual(["integrity"]);
  });

  it("is found when a file is gone, and everything else is checked", async () => {
    const dir = forgery().dir;
    rmSync(join(dir, "ledgers/commands.jsonl"));
    const verdict = await audit(dir);
    expect(layer(verdict, "integrity").findings).toEqual([
      expect.objectContaining({ where: "ledgers/commands.jsonl", found: expect.stringMatching(/ENOENT/) }),
    ]);
    expect(layersThatFind(verdict)).toEqual(["integrity", "effects"]);
    expect(layer(verdict, "dollars").checked).toBe(layer(await audit(honest), "dollars").checked);
  });

  it("is refused when a path leads out of it", async () => {
    const forged = forgery();
    const text = JSON.stringify({
      ...forged.manifest,
      ledgers: [{ path: "../honest/manifest.json", digest: "", bytes: 0 }],
    });
    writeFileSync(join(forged.dir, "manifest.json"), text);
    await expect(audit(forged.dir)).rejects.toThrow(/outside the bundle/);
  });
});

describe("a bundle forged with every digest put right", () => {
  const histories: readonly (readonly [string, string, (history: RawHistory) => void])[] = [
    [
      "the mode in a decision record",
      "payloads",
      (h) =>
        inPayload(record(h, 3).input.payloads[0], (r) => {
          r.output.cohorts[0].modeId = "half";
        }),
    ],
    [
      "a price inside a decision's input",
      "decisions",
      (h) =>
        inPayload(record(h, 3).input.payloads[0], (r) => {
          r.input.facts.scedRuns[0].lmpUsdPerMwh += 0.01;
        }),
    ],
    [
      "the price in a signal",
      "sources",
      (h) =>
        inPayload(signal(h, "sced-lmp", 2), (i) => {
          i.lmpUsdPerMwh = 42.75;
        }),
    ],
    [
      "the price in a signal of which nothing follows",
      "sources",
      (h) =>
        inPayload(signal(h, "grid-condition", 1), (i) => {
          i.prcMw = 9999;
        }),
    ],
    [
      "who placed an order",
      "payloads",
      (h) =>
        inPayload(
          event(h, "WORKFLOW_EXECUTION_UPDATE_ACCEPTED")["workflowExecutionUpdateAcceptedEventAttributes"]
            .acceptedRequest.input.args.payloads[0],
          (o) => {
            o.order.actor = "somebody.else@example.com";
          },
        ),
    ],
    [
      "the actor of an order, wherever the history has it",
      "operators",
      (h) => everyOrder(h, (request) => void (request.order.actor = "somebody.else@example.com")),
    ],
    [
      "an order under a signature that nobody made",
      "operators",
      (h) => everyOrder(h, (request) => void (request.proof.signature = `${"A".repeat(86)}==`)),
    ],
    ["an order without any signature", "operators", (h) => everyOrder(h, (request) => void delete request.proof)],
    [
      "what the person who placed an order was told",
      "payloads",
      (h) =>
        inPayload(
          event(h, "WORKFLOW_EXECUTION_UPDATE_COMPLETED")["workflowExecutionUpdateCompletedEventAttributes"].outcome
            .success.payloads[0],
          (o) => {
            o.sentence = "All is well.";
          },
        ),
    ],
    [
      "why an order was refused",
      "payloads",
      (h) => {
        event(
          h,
          "WORKFLOW_EXECUTION_UPDATE_COMPLETED",
          (e) => e["workflowExecutionUpdateCompletedEventAttributes"].outcome.failure,
        )["workflowExecutionUpdateCompletedEventAttributes"].outcome.failure.message = "no";
      },
    ],
    [
      "what a dispatch was started with",
      "payloads",
      (h) =>
        inPayload(
          event(h, "START_CHILD_WORKFLOW_EXECUTION_INITIATED")["startChildWorkflowExecutionInitiatedEventAttributes"]
            .input.payloads[0],
          (d) => {
            d.plan.expectedDeltaKw = 0;
          },
        ),
    ],
    [
      "a limit of an activity",
      "payloads",
      (h) => {
        record(h, 1).startToCloseTimeout = "21s";
      },
    ],
    [
      "the mode shown in the list of workflows",
      "payloads",
      (h) => {
        event(h, "UPSERT_WORKFLOW_SEARCH_ATTRIBUTES")[
          "upsertWorkflowSearchAttributesEventAttributes"
        ].searchAttributes.indexedFields.Mode.data = Buffer.from('"old:normal"').toString("base64");
      },
    ],
    [
      "the state handed to the next day",
      "structure",
      (h) =>
        inPayload(h.events.at(-1)!["workflowExecutionContinuedAsNewEventAttributes"].input.payloads[0], (s) => {
          s.state.revision += 1;
        }),
    ],
    [
      "the plan of the site",
      "decisions",
      (h) =>
        inPayload(h.events[0]!["workflowExecutionStartedEventAttributes"].input.payloads[0], (s) => {
          s.plan.economic.offFactor = 9;
        }),
    ],
    [
      "a decision taken out with its answer",
      "structure",
      (h) => {
        h.events = h.events.filter((e) => e["activityTaskScheduledEventAttributes"] !== record(h, 3));
      },
    ],
    [
      "a reset written over",
      "structure",
      (h) => {
        const task = h.events.findLast((e) => e.eventType === "EVENT_TYPE_WORKFLOW_TASK_COMPLETED")!;
        task.eventType = "EVENT_TYPE_WORKFLOW_TASK_FAILED";
        task["workflowTaskFailedEventAttributes"] = {
          scheduledEventId: task["workflowTaskCompletedEventAttributes"].scheduledEventId,
          startedEventId: task["workflowTaskCompletedEventAttributes"].startedEventId,
          cause: "WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW",
        };
        delete task["workflowTaskCompletedEventAttributes"];
      },
    ],
    [
      "another end",
      "structure",
      (h) => {
        const end = h.events.at(-1)!;
        end.eventType = "EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED";
        delete end["workflowExecutionContinuedAsNewEventAttributes"];
        end["workflowExecutionTerminatedEventAttributes"] = { reason: "tidying up" };
      },
    ],
  ];
  it.each(histories)("is found: %s (by %s)", async (_, expected, change) => {
    const dir = forgery().run(1, change).seal();
    const verdict = await audit(dir);
    expect(layersThatFind(verdict)).toContain(expected);
    expect(layersThatFind(verdict)).not.toContain("integrity");
  });

  it("is found: a history cut at the end of a workflow task, which replays without complaint", async () => {
    const dir = forgery()
      .run(
        1,
        (history) => {
          const last = history.events.findLastIndex(
            (one, i) => i < history.events.length - 4 && one.eventType === "EVENT_TYPE_WORKFLOW_TASK_COMPLETED",
          );
          history.events.splice(last + 1);
        },
        (run, history) => ({
          ...run,
          events: history.events.length,
          closedAt: new Date(history.events.at(-1)!["eventTime"] as string).toISOString() as never,
        }),
      )
      .seal();
    const verdict = await audit(dir);
    expect(layer(verdict, "replay").findings).toEqual([]);
    expect(layer(verdict, "structure").findings[0]).toMatchObject({
      expected: expect.stringContaining("a history cut short has none"),
    });
  });

  it("is found: the first day left out and the second passed off as the first", async () => {
    const forged = forgery();
    (forged.manifest.runs as EvidenceRun[]).shift();
    cpSync(
      join(forged.dir, forged.manifest.runs[0]!.file),
      join(forged.dir, runFile(1, forged.manifest.runs[0]!.runId)),
    );
    const verdict = await audit(forged.seal());
    expect(layer(verdict, "structure").findings).toContainEqual(
      expect.objectContaining({ where: expect.stringContaining("continues from"), expected: "nothing" }),
    );
  });

  it("is found: a history made to bring the replay down; the audit goes on with the next", async () => {
    const dir = forgery()
      .run(1, (history) => {
        history.events[0]!.eventId = "2";
      })
      .seal();
    const verdict = await audit(dir, { replayer });
    expect(layersThatFind(verdict)).toEqual(expect.arrayContaining(["structure", "replay"]));
    expect(layer(verdict, "replay").checked).toBe(2);
    expect(layer(verdict, "replay").findings).toHaveLength(1);
  });

  it("is found: any number or word in the inputs of decisions and activities, wherever it stands", async () => {
    const first = JSON.parse(readFileSync(join(honest, runFile(1, site.runs[0]!.run.runId)), "utf8")) as RawHistory;
    const places = first.events.flatMap((one, i) =>
      one.eventType === "EVENT_TYPE_ACTIVITY_TASK_SCHEDULED"
        ? leavesOf(one["activityTaskScheduledEventAttributes"].input.payloads[0]).map((path) => ({ i, path }))
        : [],
    );
    expect(places.length).toBeGreaterThan(300);
    for (let n = 0; n < 40; n++) {
      const { i, path } = places[Math.floor((n * places.length) / 40)]!;
      const dir = forgery()
        .run(1, (history) =>
          inPayload(history.events[i]!["activityTaskScheduledEventAttributes"].input.payloads[0], (value) =>
            changeLeaf(value, path),
          ),
        )
        .seal();
      const verdict = await audit(dir);
      expect(layersThatFind(verdict), `event ${i + 1} ${path.join(".")}`).toEqual(expect.arrayContaining(["payloads"]));
      rmSync(dir, { recursive: true });
    }
  }, 180_000);

  /** Changes the order `o-1` in the update and in what its admission was asked: a forger who knows the code. */
  function everyOrder(history: RawHistory, change: (request: any) => void): void {
    const accepted = event(history, "WORKFLOW_EXECUTION_UPDATE_ACCEPTED");
    inPayload(
      accepted["workflowExecutionUpdateAcceptedEventAttributes"].acceptedRequest.input.args.payloads[0],
      change,
    );
    const asked = event(
      history,
      "ACTIVITY_TASK_SCHEDULED",
      (one) => one["activityTaskScheduledEventAttributes"].activityType.name === "admitOperator",
    );
    inPayload(asked["activityTaskScheduledEventAttributes"].input.payloads[0], (one) => change(one.request));
  }

  const files: readonly (readonly [string, string, (forged: Forgery) => void])[] = [
    [
      "a machine told another mode than was decided",
      "effects",
      (f) => f.file("ledgers/commands.jsonl", (t) => t.replace('"modeId":"off"', '"modeId":"normal"')),
    ],
    [
      "a command of a revision that nobody decided",
      "effects",
      (f) =>
        f.file("ledgers/commands.jsonl", (t) => t + t.split("\n")[0]!.replace('"revision":1', '"revision":9') + "\n"),
    ],
    [
      "an older revision written after a newer one",
      "effects",
      (f) =>
        f.file(
          "ledgers/commands.jsonl",
          (t) => t + t.split("\n")[0]!.replace(/"at":"[^"]+"/, '"at":"2024-08-21T04:00:00.000Z"') + "\n",
        ),
    ],
    [
      "a dispatch whose commands were left out, and its verdict is another's",
      "effects",
      (f) =>
        f.file("ledgers/commands.jsonl", (t) =>
          t
            .split("\n")
            .filter((line) => !line.includes('"cohortId":"old"'))
            .join("\n")
            .replaceAll('"revision":1,', '"revision":77,'),
        ),
    ],
    ["the operators' keys left out", "operators", (f) => f.file("ledgers/operators.jsonl", () => "")],
    [
      "an operator's key put under another name",
      "operators",
      (f) => f.file("ledgers/operators.jsonl", (t) => t.replace("night.desk@example.com", "day.desk@example.com")),
    ],
    ["one line of the command ledger left out", "effects", (f) => f.ledger("commands", (rows) => rows.splice(1, 1))],
    ["the command ledger emptied", "effects", (f) => f.file("ledgers/commands.jsonl", () => "")],
    [
      "a reason in the timeline",
      "effects",
      (f) => f.file("ledgers/timeline.jsonl", (t) => t.replace('"reason":"operator-order"', '"reason":"economic"')),
    ],
    [
      "a line of the timeline left out",
      "effects",
      (f) =>
        f.file("ledgers/timeline.jsonl", (t) =>
          t
            .split("\n")
            .filter((line) => !line.includes('"reason":"operator-order"'))
            .join("\n"),
        ),
    ],
    [
      "more machines able to run than there were curtailed",
      "dollars",
      (f) => f.file("ledgers/timeline.jsonl", (t) => t.replaceAll('"ableToRun":10', '"ableToRun":9')),
    ],
    [
      "a register",
      "dollars",
      (f) => f.file("ledgers/registers.jsonl", (t) => t.replace('"registerWh":"1000000"', '"registerWh":"1000001"')),
    ],
    [
      "one hundred-millionth of a dollar in a posting",
      "dollars",
      (f) =>
        f.file(f.manifest.settlements[0]!.path, (t) =>
          t.replace(
            /"amountE8": "(\d+)(\d)"/,
            (_, a: string, b: string) => `"amountE8": "${a}${(Number(b) + 1) % 10}"`,
          ),
        ),
    ],
    [
      "a settled price",
      "dollars",
      (f) =>
        f.file(f.manifest.settlements[0]!.path, (t) => t.replace('"centsPerMwh": "39015"', '"centsPerMwh": "39016"')),
    ],
    [
      "a contract's share",
      "dollars",
      (f) => f.file(f.manifest.settlements[0]!.path, (t) => t.replace('"clientShare": "0.6"', '"clientShare": "0.7"')),
    ],
    [
      "a kWh in a statement's interval file",
      "dollars",
      (f) =>
        f.file(f.manifest.statements.find(({ path }) => path.endsWith("-intervals.csv"))!.path, (t) =>
          t.replace("7.500", "7.501"),
        ),
    ],
    [
      "a character of a statement",
      "dollars",
      (f) =>
        f.file(f.manifest.statements.find(({ path }) => path.endsWith(".txt"))!.path, (t) => t.replace("acme", "acne")),
    ],
    [
      "a total in a statement's figures",
      "dollars",
      (f) =>
        f.file(f.manifest.statements.find(({ path }) => path.endsWith(".json"))!.path, (t) =>
          t.replace(/"totalCents": "(-?)(\d+)"/, '"totalCents": "$1$20"'),
        ),
    ],
    [
      "an entry that a statement posted, taken out",
      "dollars",
      (f) =>
        f.ledger("journal", (rows) =>
          rows.splice(
            rows.findIndex(({ statementId }) => statementId),
            1,
          ),
        ),
    ],
    [
      "the receivable that a statement posted",
      "dollars",
      (f) =>
        f.ledger("journal", (rows) => {
          const entry = rows.find(({ statementId }) => statementId);
          for (const posting of entry.postings) posting.amountE8 = String(BigInt(posting.amountE8) * 2n);
        }),
    ],
    [
      "the guide to a statement's files",
      "dollars",
      (f) =>
        f.file(f.manifest.statements.find(({ path }) => path.endsWith("-guide.txt"))!.path, (t) =>
          t.replace("positive", "negative"),
        ),
    ],
    [
      "a register told twice, the false one first",
      "dollars",
      (f) => f.ledger("registers", (rows) => rows.unshift({ ...rows[3], registerWh: "5" })),
    ],
    [
      "a version settled on a register that the next day found standing",
      "dollars",
      (f) =>
        f.ledger("registers", (rows) => {
          const midnight = rows.at(-1);
          const boundaryAt = addSeconds(midnight.boundaryAt, 900);
          rows.push({ ...midnight, boundaryAt, readAt: boundaryAt, quality: "stale" });
        }),
    ],
    ["a command told twice", "effects", (f) => f.ledger("commands", (rows) => rows.push({ ...rows[0] }))],
    [
      "an operator's key under a second name",
      "operators",
      (f) => f.ledger("operators", (rows) => rows.unshift({ ...rows[0], actor: "day.desk@example.com" })),
    ],
    [
      "a statement's text without the statement that it is made from",
      "dollars",
      (f) => {
        const at = f.manifest.statements.findIndex(({ path }) => path.endsWith(".json"));
        (f.manifest.statements as unknown[]).splice(at, 1);
      },
    ],
    [
      "a statement at the prices of another point",
      "dollars",
      (f) => {
        for (const { path } of f.manifest.statements) f.file(path, (t) => t.replaceAll(" (HU)", " (LZ)"));
      },
    ],
    [
      "the bytes of a kept document",
      "sources",
      (f) =>
        f.file(
          f.manifest.documents.find(({ path }) =>
            path.endsWith(site.documents.find(({ sha256 }) => sha256 !== site.priceDocument)!.sha256),
          )!.path,
          (t) => `${t} `,
        ),
    ],
    [
      "a kept document taken out",
      "sources",
      (f) => {
        (f.manifest.documents as unknown[]).splice(1, 2);
      },
    ],
  ];
  it.each(files)("is found: %s (by %s)", async (_, expected, change) => {
    const forged = forgery();
    change(forged);
    const verdict = await audit(forged.seal());
    expect(layersThatFind(verdict)).toContain(expected);
    expect(layersThatFind(verdict)).not.toContain("integrity");
  });

  it("is found: a change of the first day, by what the second wrote down when it exported it", async () => {
    const forged = forgery().run(1, (history) => {
      history.events[0]!["workflowExecutionStartedEventAttributes"].identity = "another worker";
    });
    expect(layersThatFind(await audit(forged.seal()))).toEqual(["structure"]);
  });

  it("is found: everything left out, so that nothing could fail", async () => {
    const forged = forgery();
    const empty = { runs: [], settlements: [], statements: [], documents: [] };
    const { documents } = forged.manifest;
    Object.assign(forged.manifest, empty, { documents: documents.filter(({ path }) => path.endsWith("index.json")) });
    for (const name of ["commands", "operators", "registers", "meters", "timeline", "journal"])
      forged.file(`ledgers/${name}.jsonl`, () => "");
    forged.file("documents/index.json", () => "[]\n");
    const verdict = await audit(forged.seal());
    expect(layersThatFind(verdict)).toEqual(["structure"]);
    expect(verdict.subject).toMatchObject({ settledDays: [], headChainHash: "genesis", headGiven: false });
  });

  it("is found: a ledger left out of the table of contents", async () => {
    const forged = forgery();
    (forged.manifest.ledgers as unknown[]).shift();
    expect(layersThatFind(await audit(forged.seal()))).toContain("integrity");
  });

  it("is found only by a head from elsewhere when nothing after it speaks of it", async () => {
    const forged = forgery().run(2, (history) => {
      history.events[0]!["workflowExecutionStartedEventAttributes"].taskId = "1";
      history.events[2]!["workflowTaskStartedEventAttributes"].identity = "another worker";
    });
    const verdict = await audit(forged.seal());
    expect(verdict.ok).toBe(true);
    expect(layersThatFind(await audit(forged.dir, { head: site.runs[1]!.run.chainHash }))).toEqual(["integrity"]);
  });
});

describe("a bundle that its own exporter wrote anew and signed, every record right by itself", () => {
  const issuedAt = "2024-08-21T08:00:00.000Z" as Instant;
  const acme = { statementId: "acme/2024-08-20", issuedAt };

  /** The settled day with these statements of it, and a journal of exactly that. */
  async function auditOf(stated: readonly (typeof acme)[]): Promise<string[]> {
    const content = bundleOf(site);
    const day = content.settlements[0]!;
    const { siteId, operatingDay } = day.input;
    const period = { from: operatingDay, to: operatingDay };
    const statements = stated.map((one) => compose({ ...one, siteId, clientId: "acme", period, settledDays: [day] }));
    const dir = join(folder, `anew-${++copies}`);
    await writeBundle(dir, {
      ...content,
      settlements: [day],
      statements: statements.map((statement) => ({ statement, ...papersOf(statement, [day]) })),
      journal: [...entriesToPost(undefined, day.result), ...statements.flatMap(invoiceEntries)],
    });
    return (await audit(dir)).layers.flatMap(({ findings }) =>
      findings.map(({ where, expected, found }) => `${where}: expected ${expected}, found ${found}`),
    );
  }

  it("is found: a day stated twice; stated once it holds", async () => {
    expect(await auditOf([acme])).toEqual([]);
    expect(await auditOf([acme, { ...acme, statementId: "acme/again" }])).toEqual([
      "statement acme/again: expected days that no other statement states, found 2024-08-20 as in acme/2024-08-20",
    ]);
  });

  it("is found: a statement issued before its days had ended, or after the bundle was made", async () => {
    for (const time of ["2024-08-21T04:59:59.999Z", "2024-08-22T06:00:00.001Z"])
      expect(await auditOf([{ ...acme, issuedAt: time as Instant }])).toEqual([
        "statements/acme_2024-08-20.json issuedAt: expected from the end of its period, 2024-08-21T05:00:00.000Z, to " +
          `the export, 2024-08-22T06:00:00.000Z, found ${time}`,
      ]);
  });

  it("is found: a sentence of its guide; of a bundle of another build it is said", async () => {
    const forged = forgery().file("GUIDE.txt", (text) => text.replace("a credit positive", "a credit negative"));
    forged.seal();
    const same = await audit(forged.dir, { buildId: "test" });
    expect(layersThatFind(same)).toEqual(["integrity"]);
    expect(layer(same, "integrity").findings[0]!.found).toContain("a credit negative");
    const other = await audit(forged.dir, { buildId: "another" });
    expect(layersThatFind(other)).toEqual([]);
    expect(layer(other, "integrity").notes!.join()).toContain("GUIDE.txt is worded otherwise than this program's");
  });
});

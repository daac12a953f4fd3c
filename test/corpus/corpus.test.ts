import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projectRoot } from "../../src/local/places.mjs";
import { RULE_SET } from "../../src/domain/decision/decide.ts";
import { sha256Hex } from "../../src/replay/hash.ts";
import { LayerLog } from "../../src/replay/layerLog.ts";
import { DecisionCheck } from "../../src/replay/layers/decisions.ts";
import { checkPayloads } from "../../src/replay/layers/payloads.ts";
import { openReplayer, type Replayer } from "../../src/replay/replayer.ts";
import { type Corpus, filesOf, opened, releases } from "./corpus.ts";

const WORKFLOWS = join(projectRoot, "workflows", "index.ts");
const corpora = releases();
const current = corpora.at(-1)!;
const types = [...readFileSync(WORKFLOWS, "utf8").matchAll(/^export \{ (\w+) \}/gm)].map((match) => match[1]!).sort();
/** Decisions of another rule set are that rule set's: its own program makes them again, this one does not. */
const replayed = ({ ruleSet, histories }: Corpus) =>
  histories.filter(({ workflowType }) => workflowType !== "runSite" || ruleSet === RULE_SET);
const every = corpora.flatMap((corpus) =>
  replayed(corpus).map((history) => ({ corpus, history, title: `${corpus.release} ${history.file}` })),
);
const WHAT_TO_DO =
  'A workflow or a rule has changed what it does with a recorded history: see "Changes to rules and workflows" in CONTRIBUTING.md';

describe("the recorded histories", () => {
  it("hold at least one of each workflow type, as its bytes were recorded", () => {
    expect([...new Set(current.histories.map(({ workflowType }) => workflowType))].sort()).toEqual(types);
    for (const corpus of corpora) {
      expect(filesOf(corpus)).toEqual([...corpus.histories.map(({ file }) => file), "corpus.json"].sort());
      for (const history of corpus.histories)
        expect(sha256Hex(opened(corpus, history).bytes), history.file).toBe(history.sha256);
    }
  });

  it("show what a site lives through: prices both ways, an order, an EEA, a superseded dispatch, a settlement corrected", () => {
    const text = (type: string): string =>
      current.histories
        .filter(({ workflowType }) => workflowType === type)
        .flatMap((history) => opened(current, history).events.map(({ attributes }) => payloadTexts(attributes)))
        .join("\n");
    for (const said of [
      '"reason":"economic"',
      '"reason":"eea-policy"',
      '"reason":"operator-order"',
      '"kind":"dispatch-verdict"',
      '"modeId":"normal"',
      '"modeId":"off"',
    ])
      expect(text("runSite")).toContain(said);
    expect(text("dispatchTarget")).toContain('"superseded"');
    expect(text("settleDay")).toContain('"kind":"final"');
  });

  it("are of this program's rule set, the newest of them", () => {
    expect(current.ruleSet, WHAT_TO_DO).toBe(RULE_SET);
  });
});

describe("the present workflows and rules", () => {
  let replayer: Replayer;
  beforeAll(async () => {
    replayer = await openReplayer(WORKFLOWS);
  }, 60_000);
  afterAll(() => replayer?.close());

  it.each(every)("give on replay what was recorded, payload for payload: $title", async ({ corpus, history }) => {
    const run = await replayer.replay(opened(corpus, history));
    expect(run.error, WHAT_TO_DO).toBeUndefined();
    const payloads = new LayerLog("payloads", "");
    checkPayloads(run, payloads);
    expect(payloads.findings, WHAT_TO_DO).toEqual([]);
    expect(payloads.checked).toBeGreaterThan(0);
  });

  it.each(corpora.filter(({ ruleSet }) => ruleSet === RULE_SET))(
    "make every decision of the recorded site again, bit for bit: $release",
    (corpus) => {
      const decisions = new LayerLog("decisions", "");
      const check = new DecisionCheck(decisions);
      for (const history of corpus.histories)
        if (history.workflowType === "runSite") check.onRun(opened(corpus, history));
      expect(decisions.findings, WHAT_TO_DO).toEqual([]);
      expect(check.facts.records.length).toBeGreaterThan(100);
    },
  );
});

/** One changed line in each workflow, of the kind that a careless hand makes. */
const CARELESS: Readonly<Record<string, readonly [from: string, to: string]>> = {
  runSite: [
    "await recordDecision(step.record, step.nextLook)",
    "await recordDecision({ ...step.record, sequence: step.record.sequence + 1 }, step.nextLook)",
  ],
  dispatchTarget: [
    "await closeDispatch({",
    'await here("again", ledgerWrite, (own) => own.openDispatch({ plan })); await closeDispatch({',
  ],
  watchFeed: ["if (operatingDay !== start.operatingDay ||", "if (operatingDay === start.operatingDay ||"],
  settleDay: ["summary: `open for corrections of", "summary: `open for changes of"],
  issueStatement: ["return issue(input);", 'return issue({ ...input, siteId: "another" });'],
  closeDay: ["previousDay(operatingDayOf(", "(operatingDayOf("],
  exportEvidence: [
    "return await soon.exportRun(request);",
    "return await atLength.exportRun({ ...request, runId: request.siteId });",
  ],
  closeMonth: ["ParentClosePolicy.ABANDON", "ParentClosePolicy.TERMINATE"],
};

describe("workflows with one careless change each", () => {
  let folder: string;
  let replayer: Replayer;
  beforeAll(async () => {
    mkdirSync(join(projectRoot, ".data"), { recursive: true });
    folder = mkdtempSync(join(projectRoot, ".data", "careless-"));
    for (const name of readdirSync(join(projectRoot, "workflows")).filter((file) => file.endsWith(".ts"))) {
      const text = readFileSync(join(projectRoot, "workflows", name), "utf8");
      const [from, to] = CARELESS[name.replace(".ts", "")] ?? ["", ""];
      if (!text.includes(from)) throw new Error(`${name} no longer has the line that is changed carelessly: ${from}`);
      writeFileSync(
        join(folder, name),
        (from === "" ? text : text.replace(from, to)).replaceAll('"../', `"${projectRoot}/`),
      );
    }
    replayer = await openReplayer(join(folder, "index.ts"));
  }, 60_000);
  afterAll(() => {
    replayer?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(types)("fail on what was recorded: %s", async (type) => {
    expect(Object.keys(CARELESS)).toContain(type);
    const findings: unknown[] = [];
    for (const history of current.histories.filter(({ workflowType }) => workflowType === type)) {
      const run = await replayer.replay(opened(current, history));
      const payloads = new LayerLog("payloads", "");
      checkPayloads(run, payloads);
      findings.push(...payloads.findings, ...(run.error === undefined ? [] : [run.error]));
    }
    expect(findings.length).toBeGreaterThan(0);
  });
});

/** The texts in the payloads of an event. */
function payloadTexts(value: unknown): string {
  if (typeof value !== "object" || value === null) return "";
  const data = (value as { data?: unknown }).data;
  if (typeof data === "string") return Buffer.from(data, "base64").toString("utf8");
  return Object.values(value).map(payloadTexts).join("\n");
}

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client, Connection } from "@temporalio/client";
import { historyFromJSON } from "@temporalio/common/lib/proto-utils.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projectRoot } from "../../src/local/places.mjs";
import type { HistoryEvents } from "../../src/adapters/temporal/history.ts";
import { deploymentVersions, type OpenRun } from "../../src/app/worker/builds/deploymentVersions.ts";
import { rescueRuns } from "../../src/app/worker/builds/rescue.ts";
import { PortUnavailableError } from "../../src/ports/errors.ts";
import { openReplayer, type Replayer } from "../../src/replay/replayer.ts";
import { opened, releases } from "../corpus/corpus.ts";

/** Changes of the workflow code; what was recorded by the code before them is shown to them. */
const CHANGES: Readonly<Record<string, readonly [from: string, to: string]>> = {
  "dispatchTarget.ts": [
    "await closeDispatch({",
    'await here("again", ledgerWrite, (own) => own.openDispatch({ plan })); await closeDispatch({',
  ],
  "settleDay.ts": [
    "version = await unlessRefused(",
    "await condition(() => false, 5);\n version = await unlessRefused(",
  ],
  "runSite.ts": [
    "const step = run.takeUp();",
    "const step = run.takeUp(); (undefined as unknown as { x(): void }).x();",
  ],
  "index.ts": ['export { issueStatement } from "./issueStatement.ts";', ""],
};
const corpus = releases().at(-1)!;
const historiesOf = (type: string) => corpus.histories.filter(({ workflowType }) => workflowType === type).slice(0, 2);
const runsOf = (type: string): OpenRun[] =>
  historiesOf(type).map(({ workflowId, runId }) => ({ workflowId, runId, workflowType: type, buildId: "old" }));

let folder: string;
let changed: Replayer;
beforeAll(async () => {
  mkdirSync(join(projectRoot, ".data"), { recursive: true });
  folder = mkdtempSync(join(projectRoot, ".data", "rescue-"));
  for (const name of readdirSync(join(projectRoot, "workflows"))) {
    const text = readFileSync(join(projectRoot, "workflows", name), "utf8");
    const [from, to] = CHANGES[name] ?? ["", ""];
    if (!text.includes(from)) throw new Error(`${name} has no line "${from}" to change`);
    writeFileSync(join(folder, name), text.replace(from, to).replaceAll('"../', `"${projectRoot}/`));
  }
  changed = await openReplayer(join(folder, "index.ts"));
}, 60_000);
afterAll(() => {
  changed?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("a recorded history that is replayed on changed workflow code", () => {
  it.each([
    ["dispatchTarget", "commands another activity", true, /^Replay failed with a nondeterminism error/],
    ["settleDay", "starts a timer that was not there", true, /^Replay failed with a nondeterminism error/],
    ["issueStatement", "has no such workflow", true, /no such function is exported/],
    ["runSite", "throws where the recorded code went on", false, /Cannot read properties of undefined/],
    ["watchFeed", "is unchanged in this workflow", false, undefined],
  ])("%s: code that %s is a misfit: %s %s", async (type, _what, isMisfit, error) => {
    for (const history of historiesOf(type)) {
      const answer = await changed.replay(opened(corpus, history));
      if (error === undefined) expect(answer.error).toBeUndefined();
      else expect(answer.error).toMatch(error);
      expect(answer.isMisfit === true, history.file).toBe(isMisfit);
    }
  });

  it("that is broken brings the replay down, which proves nothing; the next one is shown to a new process", async () => {
    const [history] = historiesOf("dispatchTarget");
    const { bytes } = opened(corpus, history!);
    const answer = await changed.show({ workflowId: "cut", bytes: bytes.subarray(0, bytes.length / 2) });
    expect(answer.error).toMatch(/^the replay broke off: /);
    expect(answer.isMisfit).not.toBe(true);
    expect(await changed.replay(opened(corpus, history!))).toMatchObject({ isMisfit: true });
  });
});

describe("an open run whose own build has no worker", () => {
  /** A server at which nobody answers: whatever is asked of it fails. */
  const client = new Client({ connection: Connection.lazy({ address: "127.0.0.1:1", interceptors: [] }) });
  const eventsOf = (runId: string): HistoryEvents => {
    const { bytes } = opened(
      corpus,
      corpus.histories.find((one) => one.runId === runId)!,
    );
    return historyFromJSON(JSON.parse(new TextDecoder().decode(bytes))).events as HistoryEvents;
  };
  const rescue = (runs: readonly OpenRun[], isGone: boolean, fetch = async (runId: string) => eventsOf(runId)) =>
    rescueRuns(runs, isGone, {
      client,
      versions: { ...deploymentVersions(client, "ballast/pecos"), unpin: async () => undefined },
      taskQueue: "ballast/pecos",
      openReplayer: () => openReplayer(join(folder, "index.ts")),
      fetchHistory: (_, runId) => fetch(runId),
    });
  const [site] = runsOf("runSite");
  const [feed] = runsOf("watchFeed");
  const [dispatch] = runsOf("dispatchTarget");

  it("stays as it is where the replay fails for another reason than that it does not fit", async () => {
    expect(await rescue([site!], true)).toMatchObject([
      { how: "not yet", told: expect.stringMatching(/^whether it fits the current code is not known \(.*undefined/) },
    ]);
  });

  it("stays as it is where its history cannot be had or has a hole, and the run beside it goes on", async () => {
    const fetch = async (runId: string): Promise<HistoryEvents> => {
      if (runId === site!.runId) throw new PortUnavailableError("the Temporal server gave no answer");
      return runId === dispatch!.runId ? eventsOf(runId).toSpliced(4, 1) : eventsOf(runId);
    };
    expect(await rescue([site!, dispatch!, feed!], true, fetch)).toMatchObject([
      { how: "not yet", told: expect.stringContaining("the Temporal server gave no answer") },
      { how: "not yet", told: expect.stringContaining("gave event 6 of its history where 5 is due") },
      { how: "moved" },
    ]);
  });

  it("that does not fit stays as it is while its own code is there, or the server does not answer", async () => {
    expect(await rescue([dispatch!], false)).toMatchObject([
      { how: "not yet", told: expect.stringMatching(/does not replay.*it waits for a worker of its own build/) },
    ]);
    expect(await rescue([dispatch!], true)).toMatchObject([
      { how: "not yet", told: expect.stringMatching(/UNAVAILABLE|14|Fail/) },
    ]);
  });
});

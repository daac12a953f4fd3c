import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { watchBuilds } from "../../src/app/system/buildsWatch.ts";
import { BuildsBoard } from "../../src/app/worker/builds/buildsBoard.ts";
import { BuildKeeper, type DrainingWorker } from "../../src/app/worker/builds/buildKeeper.ts";
import { buildsFile, buildText, readBuildsNow } from "../../src/app/worker/builds/buildsNow.ts";
import type { BuildNow } from "../../src/readModels/buildsNow.ts";
import type { OpenRun } from "../../src/app/worker/builds/deploymentVersions.ts";
import type { NoBundle } from "../../src/app/worker/builds/keptBundle.ts";
import type { Rescue } from "../../src/app/worker/builds/rescue.ts";

const run = (name: string, buildId = "old"): OpenRun => ({
  workflowId: `site/${name}`,
  runId: name,
  workflowType: "runSite",
  buildId,
});

/** A keeper whose open runs, bundles and proofs are what the test says. */
function keeperOf(world: {
  open: OpenRun[];
  serve: (buildId: string, times: number) => DrainingWorker | NoBundle;
  rescue?: (one: OpenRun, isGone: boolean) => Omit<Rescue, "run">;
}) {
  const served: string[] = [];
  const rescued: string[] = [];
  const logged: string[] = [];
  let shown: readonly BuildNow[] = [];
  const keep = (_: object, message: string): void => void logged.push(message);
  const keeper = new BuildKeeper({
    current: "new",
    versions: { openElsewhere: async () => world.open, pinUnpinned: async () => undefined },
    serve: async (buildId) => {
      served.push(buildId);
      return world.serve(buildId, served.length);
    },
    rescue: async (runs, isGone) =>
      runs.map((one) => {
        rescued.push(`${one.runId}${isGone ? " gone" : ""}`);
        return { run: one, ...world.rescue!(one, isGone) };
      }),
    show: (older) => (shown = older),
    inUse: () => undefined,
    log: { info: keep, warn: keep, error: keep },
  });
  const look = async (times = 1): Promise<void> => {
    for (let i = 0; i < times; i++) {
      await keeper.look();
      await new Promise(setImmediate); // what ended is heard of
    }
  };
  return { look, served, rescued, logged, texts: () => shown.map(buildText) };
}

const holds = (): DrainingWorker => ({ ended: new Promise(() => undefined), shutdown: () => undefined });
const breaks = (why: string): DrainingWorker => ({ ended: Promise.reject(new Error(why)), shutdown: () => undefined });
const GONE: NoBundle = { problem: "its bundle is not there", isGone: true };

describe("the worker of an older build that fails", () => {
  it("is started again after a growing pause, forever; its runs wait, and status says so", async () => {
    const { look, served, rescued, texts, logged } = keeperOf({
      open: [run("a")],
      serve: () => breaks("the server went away"),
      rescue: () => ({ how: "not yet", told: "its history does not replay: it waits" }),
    });
    await look(2);
    expect([served.length, rescued]).toEqual([2, []]);
    expect(texts()[0]).toBe("old unserved, 1 open run: its worker failed (2): the server went away; it is tried again");
    await look(130);
    expect(served.length).toBe(9); // looks 1, 2, 4, 8, 16, 32, 64, 96, 128
    expect(rescued.every((one) => one === "a")).toBe(true);
    expect(logged).toContain("the worker of an older build failed; it is tried again");
    expect(texts()[0]).toMatch(/its worker failed \(9\).*site\/a: its history does not replay: it waits$/);
  });

  it("that does not start is no missing bundle: nothing is done to its runs, and the next try serves them", async () => {
    const { look, rescued, texts } = keeperOf({
      open: [run("a")],
      serve: (_, times) => {
        if (times < 3) throw new Error("out of memory");
        return holds();
      },
    });
    await look(2);
    expect(texts()[0]).toMatch(/^old unserved, 1 open run: its worker failed \(2\): it does not start: out of memory/);
    await look(2);
    expect([texts()[0], rescued]).toEqual(["old draining, 1 open run", []]);
  });

  it("after three failures a run that is proven to fit goes on by the current build", async () => {
    const { look, rescued } = keeperOf({
      open: [run("a")],
      serve: () => breaks("it fell over"),
      rescue: () => ({ how: "moved", told: "fits" }),
    });
    await look(6);
    expect(rescued).toEqual(["a"]);
  });

  it("that ended by itself is started again too", async () => {
    const { look, served, texts } = keeperOf({
      open: [run("a")],
      serve: (_, times) => (times === 1 ? { ended: Promise.resolve(), shutdown: () => undefined } : holds()),
    });
    await look(2);
    expect([served.length, texts()[0]]).toEqual([2, "old draining, 1 open run"]);
  });

  it("that served for ten looks in between starts over with a short pause", async () => {
    const rejects: ((error: Error) => void)[] = [];
    const { look, served } = keeperOf({
      open: [run("a")],
      serve: () => ({ ended: new Promise((_, reject) => rejects.push(reject)), shutdown: () => undefined }),
    });
    for (let i = 0; i < 5; i++) {
      await look(11);
      rejects.at(-1)!(new Error("a passing fault"));
      await look();
    }
    expect(served.length).toBe(6);
  });
});

describe("an older build whose bundle is gone", () => {
  it("keeps a run that is not proven to misfit: asked again after 1, 2, 4, 8 … looks, the run beside it only once", async () => {
    const { look, rescued, texts } = keeperOf({
      open: [run("a"), run("b")],
      serve: () => GONE,
      rescue: ({ runId }) =>
        runId === "a" ? { how: "not yet", told: "the replay broke off" } : { how: "moved", told: "fits" },
    });
    await look(20);
    expect(rescued).toEqual(["a gone", "b gone", ...Array.from({ length: 4 }, () => "a gone")]);
    expect(texts()[0]).toBe(
      "old unserved, 2 open runs: its bundle is not there; what fits goes on by the current build; " +
        "site/a: the replay broke off",
    );
  });

  it("does not keep the runs of a whole build waiting: those are served first", async () => {
    const seen: string[] = [];
    const { look, served } = keeperOf({
      open: [run("a", "gone"), run("b", "whole")],
      serve: (buildId) => (buildId === "gone" ? GONE : holds()),
      rescue: () => {
        seen.push(...served);
        return { how: "not yet", told: "the replay takes long" };
      },
    });
    await look();
    expect(seen).toEqual(["gone", "whole"]);
  });

  it("is served again once somebody has put the bundle back", async () => {
    const { look, texts } = keeperOf({
      open: [run("a")],
      serve: (_, times) => (times < 3 ? GONE : holds()),
      rescue: () => ({ how: "left", told: "put the bundle back" }),
    });
    await look(2);
    expect(texts()[0]).toMatch(/site\/a: put the bundle back$/);
    await look();
    expect(texts()).toEqual(["old draining, 1 open run"]);
  });
});

describe("what is wrong with a site's builds", () => {
  it("is said at a start in one line while it lasts, and so is its end; an earlier start's words do not count", async () => {
    const dir = mkdtempSync(join(tmpdir(), "ballast-board-"));
    const said: string[] = [];
    const ended = new AbortController();
    try {
      new BuildsBoard(buildsFile(dir), "before").own("not current yet", "of an earlier start");
      await new Promise((resolve) => setTimeout(resolve, 5));
      const watch = watchBuilds(dir, { say: (line) => said.push(line), signal: ended.signal, lookEveryMs: 5 });
      const board = new BuildsBoard(buildsFile(dir), "new");
      board.own("not current yet");
      board.own("not current yet", "new runs wait, because the Temporal server refuses");
      board.older([{ buildId: "old", state: "draining", openRuns: 2 }]);
      expect(readBuildsNow(dir)?.builds.map(buildText)).toEqual([
        "new not current yet: new runs wait, because the Temporal server refuses",
        "old draining, 2 open runs",
      ]);
      await vi.waitFor(() => expect(said.length).toBe(1), { interval: 5 });
      board.own("current");
      await vi.waitFor(() => expect(said.length).toBe(2), { interval: 5 });
      expect(said).toEqual([
        "WARNING: build new not current yet: new runs wait, because the Temporal server refuses",
        "Every build with open runs is served, and new runs start",
      ]);
      expect(readBuildsNow(dir)?.builds.map(buildText)).toEqual(["new current", "old draining, 2 open runs"]);
      ended.abort();
      await watch;
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
});

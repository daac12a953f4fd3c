import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createPool } from "../../src/adapters/postgres/pool.ts";
import { addSite } from "../../src/app/system/addSite.ts";
import { applyEach, bookChanges, type ChangeOutcome, type OpenChange } from "../../src/app/system/bookChanges.ts";
import type { Deployment } from "../../src/app/worker/deployment.ts";
import { loadBook } from "../../src/app/worker/loadBook.ts";
import { planHashOf } from "../../src/app/worker/loadDeployment.ts";
import { addSeconds, parseInstant } from "../../src/domain/units/instant.ts";
import { projectRoot } from "../../src/local/places.mjs";

const EXAMPLE = loadBook(join(projectRoot, "config", "book"), "2026-08-18").book;
const [pecan, salt] = EXAMPLE.deployments as [Deployment, Deployment];
const withPlan = (site: Deployment, own: Partial<Deployment["plan"]>): Deployment => {
  const plan = { ...site.plan, ...own };
  return { ...site, plan, planHash: planHashOf(plan) };
};
const filesOf = (deployments: readonly Deployment[], broken: readonly { siteId: string; problem: string }[] = []) => ({
  book: { bookId: "west-texas", deployments },
  broken,
});
const retired = (siteId: string) => ({
  siteId,
  actor: "maria",
  reason: "lease ended",
  at: parseInstant("2026-08-18T12:00:00Z"),
});
const none = new Map<string, string>();

describe("what a book would change", () => {
  it("is said site by site: what differs, what does not, what is new, broken, or named no more", () => {
    const [mesa, gone, old] = ["mesa", "gone", "old"].map((siteId) => withPlan(pecan, { siteId })) as [
      Deployment,
      Deployment,
      Deployment,
    ];
    const files = filesOf(
      [withPlan(pecan, { poolFee: 0.02 }), mesa],
      [
        { siteId: "salt-fork", problem: "pue: is 0" },
        { siteId: "next", problem: "pue: is 9" },
      ],
    );
    expect(
      bookChanges({ deployments: [pecan, salt, gone, old], retired: [retired("old")] }, files, "config/book", none),
    ).toEqual([
      expect.objectContaining({
        siteId: "pecan-draw",
        lines: ["plan.poolFee: 0.01 → 0.02"],
        deployment: files.book.deployments[0],
      }),
      {
        siteId: "mesa",
        lines: [],
        problem: "is new and does not run; take it in: ballast site add mesa config/book --reason <why>",
      },
      { siteId: "salt-fork", lines: [], problem: "stays as it is: pue: is 0" },
      { siteId: "next", lines: [], problem: "does not run: pue: is 9" },
      {
        siteId: "gone",
        lines: [],
        problem: "runs, and the book does not name it; take it out: ballast site retire gone --yes --reason <why>",
      },
    ]);
    expect(bookChanges({ deployments: [pecan, salt] }, filesOf([pecan, salt]), "config/book", none)).toEqual([
      { siteId: "pecan-draw", lines: [] },
      { siteId: "salt-fork", lines: [] },
    ]);
  });

  it("is nothing where a site is retired: its file may stay or go, and what differs in it is not applied", () => {
    const running = { deployments: [pecan, salt], retired: [retired("salt-fork")] };
    const left = { siteId: "pecan-draw", lines: [] };
    expect(bookChanges(running, filesOf([pecan]), "config/book", none)).toEqual([left]);
    const decidedBy = new Map([["salt-fork", "0000"]]);
    expect(bookChanges(running, filesOf([pecan, salt]), "config/book", decidedBy)).toEqual([
      left,
      { siteId: "salt-fork", lines: [] },
    ]);
    expect(bookChanges(running, filesOf([pecan, withPlan(salt, { poolFee: 0.5 })]), "config/book", none)).toEqual([
      left,
      {
        siteId: "salt-fork",
        lines: ["plan.poolFee: 0.01 → 0.5"],
        problem:
          "site salt-fork is retired, by maria at 2026-08-18 07:00:00 Central: lease ended; what differs is not applied",
      },
    ]);
  });

  it("is nothing to apply where the settlement point would change, and a plan to bring where the site decides by another", () => {
    const moved = filesOf([withPlan(pecan, { settlementPoint: "HB_NORTH" }), salt]);
    const decidedBy = new Map([
      ["salt-fork", "0000"],
      ["pecan-draw", pecan.planHash],
    ]);
    expect(bookChanges({ deployments: [pecan, salt] }, moved, "config/book", decidedBy)).toEqual([
      {
        siteId: "pecan-draw",
        lines: ["plan.settlementPoint: HB_WEST → HB_NORTH"],
        problem: expect.stringContaining("the settlement point of a site cannot change"),
      },
      { siteId: "salt-fork", lines: [], decidesBy: "0000", deployment: salt },
    ]);
  });
});

describe("applying a book", () => {
  const change = (deployment: Deployment): OpenChange => ({ siteId: deployment.plan.siteId, lines: ["x"], deployment });
  const hostsOf = (site: Deployment, hosts: readonly Deployment["machines"][number][]): Deployment => ({
    ...site,
    machines: [...hosts],
  });
  const applied = async (
    changes: readonly OpenChange[],
    apply: (one: OpenChange) => Promise<string> = async () => "done",
    signal = new AbortController().signal,
  ) => {
    const told: [string, ChangeOutcome][] = [];
    await applyEach(changes, [pecan, salt], apply, signal, (siteId, outcome) => void told.push([siteId, outcome]));
    return told.map(([siteId, { text }]) => `${siteId}: ${text}`);
  };

  it("goes on with the next site where one refuses", async () => {
    const refused = async ({ siteId }: OpenChange): Promise<string> => {
      if (siteId === "pecan-draw") throw new Error("the worker has another plan");
      return "in force";
    };
    expect(
      await applied([change(withPlan(pecan, { poolFee: 0.02 })), change(withPlan(salt, { poolFee: 0.02 }))], refused),
    ).toEqual(["pecan-draw: not applied: the worker has another plan", "salt-fork: in force"]);
  });

  it("gives a machine from one site to another in the order in which it becomes free", async () => {
    const [moved, ...rest] = salt.machines as [Deployment["machines"][number], ...Deployment["machines"]];
    const taking = change(hostsOf(pecan, [...pecan.machines, moved]));
    expect(await applied([taking, change(hostsOf(salt, rest))])).toEqual(["salt-fork: done", "pecan-draw: done"]);
    const kept = async ({ siteId }: OpenChange): Promise<string> => {
      if (siteId === "salt-fork") throw new Error("no answer");
      return "done";
    };
    expect(await applied([taking, change(hostsOf(salt, rest))], kept)).toEqual([
      "salt-fork: not applied: no answer",
      `pecan-draw: not applied: it has a machine or meter at ${moved.host}:4028, where site salt-fork has one, and ` +
        "that is in force; apply that site without it first",
    ]);
  });

  it("stops at Ctrl-C: what comes after it is not begun", async () => {
    const interrupted = new AbortController();
    const begun: string[] = [];
    const apply = async ({ siteId }: OpenChange): Promise<string> => {
      begun.push(siteId);
      interrupted.abort();
      throw new Error("interrupted");
    };
    await expect(applied([change(pecan), change(salt)], apply, interrupted.signal)).rejects.toThrow("interrupted");
    expect(begun).toEqual(["pecan-draw"]);
  });
});

describe("adding a site whose file was given what another site has", () => {
  const firstOf = {
    machine: { machines: pecan.machines.slice(0, 1), meters: [] },
    meter: { machines: [], meters: pecan.meters.slice(0, 1) },
  };
  // the next thing asked for is the database, which is not there
  const taken = /127\.0\.0\.1:1\b/;
  it.each([
    [
      "a machine that moved in the files alone is refused",
      "machine",
      [],
      1,
      /where site pecan-draw has one, and that is in force; apply/,
    ],
    ["a machine of a retired site is free", "machine", [retired("pecan-draw")], 1, taken],
    [
      "its meter is read to the end of the day of the retirement",
      "meter",
      [retired("pecan-draw")],
      1,
      /where site pecan-draw has one, and site pecan-draw is retired, .*; its meters are read to the end of that day/,
    ],
    ["its meter is free after that day", "meter", [retired("pecan-draw")], 24, taken],
  ] as const)("%s", async (_what, part, gone, hoursLater, answer) => {
    const dataDir = mkdtempSync(join(tmpdir(), "ballast-add-"));
    const url = "postgresql://ballast@127.0.0.1:1/ballast";
    const run = { bookId: "west-texas", deployments: [pecan], retired: gone, appDatabaseUrl: url, temporalAddress: "" };
    writeFileSync(join(dataDir, "run.json"), JSON.stringify(run));
    const taking = {
      ...salt,
      machines: [...salt.machines, ...firstOf[part].machines],
      meters: [...salt.meters, ...firstOf[part].meters],
    };
    const pool = createPool(url, 1);
    const clock = { now: async () => addSeconds(retired("").at, hoursLater * 3_600) };
    const system = { pool, clock } as Parameters<typeof addSite>[1];
    const adding = addSite(dataDir, system, taking, { actor: "m", reason: "moved" });
    await expect(adding).rejects.toThrow(answer);
    await pool.end();
    rmSync(dataDir, { recursive: true });
  });
});

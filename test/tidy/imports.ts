import { type Import, importsOf } from "./scan.ts";
import { isIn, isTypeScript, type Rule, type Source, type Violation } from "./source.ts";

/** What the files of a folder may import: files by prefix, packages by name (`node:` stands for all of Node's own). */
interface Allowance {
  readonly folder: string;
  readonly files: readonly string[];
  readonly packages: readonly string[];
  /** Only as `import type`. */
  readonly typesOf?: readonly string[];
}

/** Stages of the flow. */
const STAGES = ["market", "decision", "dispatch", "verification", "settlement", "statement", "evidence"];

/** Folders of the domain from left to right: each imports units and those to its left. */
const DOMAIN = STAGES.flatMap((stage) => (stage === "market" ? [stage, "inputs"] : [stage]));

/** What the program and its set-up share, and the set-up: both run on Node 20 before any package is there. */
const PLAIN = "src/local";
const SET_UP = "scripts";

/** Each outside party: the library of its adapter and that of the simulator that stands against it. */
const PARTIES: readonly {
  readonly adapter: string;
  readonly library: readonly string[];
  readonly simulator?: string;
  readonly simulatorLibrary?: readonly string[];
}[] = [
  { adapter: "clock", library: [], simulator: "clock", simulatorLibrary: [] },
  {
    adapter: "ercot",
    library: ["axios", "csv-parse", "zod"],
    simulator: "ercot",
    simulatorLibrary: ["luxon", "fflate"],
  },
  { adapter: "fleet", library: ["zod", "p-limit"], simulator: "miners", simulatorLibrary: [] },
  { adapter: "meter", library: ["modbus-serial", "zod"], simulator: "meter", simulatorLibrary: ["jsmodbus"] },
  { adapter: "stopInput", library: ["modbus-serial", "zod"], simulator: "stopInput", simulatorLibrary: ["jsmodbus"] },
  { adapter: "archive", library: [] },
  { adapter: "hashprice", library: ["csv-parse", "zod"], simulator: "bitcoin", simulatorLibrary: [] },
  { adapter: "postgres", library: ["pg", "node-pg-migrate", "pg-copy-streams"] },
  { adapter: "ews", library: ["saxes"] },
  { adapter: "temporal", library: ["@temporalio/client", "@temporalio/common"] },
];

/** Parties that come to a door of the application, each by its simulator alone. */
const CALLERS = ["qse"];

const ALLOWED: readonly Allowance[] = [
  { folder: "src/domain/units", files: ["src/domain/units/"], packages: [] },
  ...DOMAIN.map((stage, i) => ({
    folder: `src/domain/${stage}`,
    files: ["units", ...DOMAIN.slice(0, i + 1)].map((name) => `src/domain/${name}/`),
    packages: [],
  })),
  { folder: "src/ports", files: ["src/ports/", "src/domain/"], packages: [] },
  { folder: "src/contract", files: ["src/contract/"], packages: ["zod"] },
  { folder: "src/readModels", files: ["src/readModels/", "src/ports/", "src/domain/"], packages: [] },
  ...PARTIES.map(({ adapter, library }) => ({
    folder: `src/adapters/${adapter}`,
    files: [`src/adapters/${adapter}/`, "src/ports/", "src/domain/"],
    packages: ["node:", ...library],
  })),
  ...PARTIES.flatMap(({ simulator, simulatorLibrary = [] }) =>
    simulator === undefined
      ? []
      : [
          {
            folder: `src/simulators/${simulator}`,
            files: [`src/simulators/${simulator}/`, "src/simulators/model.ts"],
            packages: ["node:", ...simulatorLibrary],
          },
        ],
  ),
  ...CALLERS.map((caller) => ({
    folder: `src/simulators/${caller}`,
    files: [`src/simulators/${caller}/`, "src/simulators/model.ts"],
    packages: ["node:"],
  })),
  {
    folder: "src/replay",
    files: ["src/replay/", "src/domain/", "src/ports/"],
    packages: ["node:", "@temporalio/worker", "@temporalio/workflow", "@temporalio/common"],
  },
  { folder: "src/config", files: ["src/config/", "src/domain/units/"], packages: ["node:", "zod", "yaml"] },
  {
    folder: "workflows",
    files: ["workflows/", "src/domain/"],
    typesOf: ["activities/"],
    packages: ["@temporalio/workflow", "@temporalio/common"],
  },
  {
    folder: "activities",
    files: ["activities/", "src/domain/", "src/ports/"],
    packages: ["@temporalio/activity", "node:crypto"],
  },
  { folder: PLAIN, files: [`${PLAIN}/`], packages: ["node:"] },
  { folder: SET_UP, files: [`${SET_UP}/`, `${PLAIN}/`], packages: ["node:"] },
];

/** Folders whose files may be anywhere, but nothing of the product imports them. */
const TOP = ["src/app/", "test/", "bench/", "bin/"];

/** Imports run one way. */
export const importDirection: Rule = {
  name: "imports run one way: each folder imports only what lies below it",
  find: (sources) =>
    sources.filter(({ path }) => /\.(?:ts|mjs)$/.test(path)).flatMap((source) => refusedImports(source)),
  planted: [
    { path: "src/domain/units/x.ts", text: 'import type { OperatingDay } from "../market/model.ts";' },
    { path: "src/domain/market/x.ts", text: 'import { decide } from "../decision/decide.ts";' },
    { path: "src/domain/statement/x.ts", text: 'import { createHash } from "node:crypto";' },
    { path: "src/domain/decision/x.ts", text: 'export { pino } from "pino";' },
    { path: "src/ports/x.ts", text: 'import type { Pool } from "pg";' },
    { path: "src/readModels/x.ts", text: 'import { readSiteStatus } from "../adapters/postgres/siteStatus.ts";' },
    { path: "src/adapters/ercot/x.ts", text: 'import {\n  query,\n  type Pool,\n} from "../postgres/pool.ts";' },
    { path: "src/adapters/meter/x.ts", text: 'import pg from "pg";' },
    { path: "src/simulators/miners/x.ts", text: 'import { parseReply } from "../../adapters/fleet/luxosReplies.ts";' },
    { path: "src/simulators/ercot/x.ts", text: 'import { MARKET_ZONE } from "../../domain/market/calendar.ts";' },
    { path: "src/simulators/meter/x.ts", text: 'import ModbusRTU from "modbus-serial";' },
    { path: "src/replay/x.ts", text: 'import { scedLmp } from "../adapters/ercot/reports/scedLmp.ts";' },
    { path: "src/config/x.ts", text: 'import type { SitePlan } from "../domain/decision/model.ts";' },
    { path: "src/contract/x.ts", text: 'import { parseInstant } from "../domain/units/instant.ts";' },
    { path: "src/simulators/qse/x.ts", text: 'import { requestText } from "../../app/ingress/knownSender.ts";' },
    { path: "src/adapters/fleet/y.ts", text: 'import { createLog } from "../../app/log.ts";' },
    { path: "workflows/x.ts", text: 'import { createActivities } from "../activities/index.ts";' },
    { path: "workflows/y.ts", text: 'const fs = await import("node:fs");' },
    { path: "workflows/z.ts", text: 'import { type Activities } from "../activities/index.ts";' },
    { path: "activities/x.ts", text: 'import { postgresJournal } from "../src/adapters/postgres/journal.ts";' },
    { path: `${PLAIN}/x.mjs`, text: 'import { parse } from "yaml";' },
    { path: `${PLAIN}/y.mjs`, text: 'import { createLog } from "../app/log.ts";' },
    { path: `${SET_UP}/x.mjs`, text: 'import { startStack } from "../src/app/stack/localStack.ts";' },
    { path: "src/unknown/x.ts", text: 'import { decide } from "../domain/decision/decide.ts";' },
  ],
  decent: [
    {
      path: "src/domain/settlement/x.ts",
      text: 'import type { Reason } from "../decision/model.ts";\n// import { Pool } from "pg";\nconst text = `import x from "pg"`;',
    },
    { path: "workflows/x.ts", text: 'import type { Activities } from "../activities/index.ts";' },
    { path: "src/adapters/postgres/x.ts", text: 'import pg from "pg";\nimport { join } from "node:path";' },
    {
      path: "src/app/x.ts",
      text: 'import { createPool } from "../adapters/postgres/pool.ts";\nimport pino from "pino";',
    },
    {
      path: `${SET_UP}/x.mjs`,
      text: 'import { tryLock } from "../src/local/lock.mjs";\nimport { join } from "node:path";',
    },
  ],
};

/** A program that runs needs nothing of what set it up. */
export const setUpApart: Rule = {
  name: "nothing of the product imports scripts",
  find: (sources) =>
    sources
      .filter(({ path }) => isIn(path, "src", "workflows", "activities", "bin"))
      .flatMap((source) =>
        importsOf(source)
          .filter(({ file }) => file?.startsWith(`${SET_UP}/`))
          .map((one) => refusal(source, one, `what both need lies in ${PLAIN}`)),
      ),
  planted: [
    { path: "src/app/stack/x.ts", text: 'import { waitForLock } from "../../../scripts/lib/lock.mjs";' },
    { path: "bin/ballast", text: '#!/usr/bin/env node\nimport { say } from "../scripts/lib/progress.mjs";' },
  ],
  decent: [
    { path: "src/app/stack/x.ts", text: 'import { tryLock } from "../../local/lock.mjs";' },
    { path: "test/app/x.ts", text: 'import { obtainTemporal } from "../../scripts/lib/obtainTemporal.mjs";' },
  ],
};

/** Node 20 takes no types off, and there is no compiler before the packages are installed. */
export const plainBeforePackages: Rule = {
  name: "what runs before the packages are installed is plain JavaScript",
  find: (sources) =>
    sources
      .filter(({ path }) => isIn(path, PLAIN, SET_UP) && !path.endsWith(".mjs"))
      .map(({ path }) => ({ path, line: 1, what: "is no .mjs file" })),
  planted: [
    { path: `${PLAIN}/lock.ts`, text: "export const tries = 3;" },
    { path: `${PLAIN}/lock.d.mts`, text: "export const tries: number;" },
    { path: `${SET_UP}/lib/progress.ts`, text: "export const every = 15;" },
  ],
  decent: [{ path: `${PLAIN}/lock.mjs`, text: "/** @type {number} */\nexport const tries = 3;" }],
};

function refusedImports(source: Source): Violation[] {
  if (TOP.some((prefix) => source.path.startsWith(prefix)) || isIn(source.path, "config") || !source.path.includes("/"))
    return [];
  const allowance = ALLOWED.find(({ folder }) => isIn(source.path, folder));
  if (allowance === undefined) {
    if (source.path === "src/simulators/model.ts")
      return importsOf(source).map((one) => refusal(source, one, "the simulators' model stands alone"));
    return [
      {
        path: source.path,
        line: 1,
        what: "its folder has no import rule; add one to test/tidy/imports.ts and .oxlintrc.json",
      },
    ];
  }
  return importsOf(source)
    .filter((one) => !allowed(allowance, one))
    .map((one) =>
      refusal(
        source,
        one,
        `${allowance.folder} imports ${[...allowance.files, ...allowance.packages].join(", ")}` +
          (allowance.typesOf ? `, types of ${allowance.typesOf.join(", ")}` : ""),
      ),
    );
}

function refusal(source: Source, one: Import, rule: string): Violation {
  return { path: source.path, line: one.line, what: `imports ${one.specifier}; ${rule}` };
}

function allowed({ files, packages, typesOf = [] }: Allowance, { file, specifier, typeOnly }: Import): boolean {
  if (file === undefined)
    return packages.some((name) =>
      name === "node:" ? specifier.startsWith("node:") : specifier === name || specifier.startsWith(`${name}/`),
    );
  return (
    files.some((prefix) => file.startsWith(prefix)) || (typeOnly && typesOf.some((prefix) => file.startsWith(prefix)))
  );
}

/**
 * Rooms of the application, each with the rooms that it may enter. Files beside the rooms are for all; only `cli.ts`
 * enters `commands`.
 */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  stack: [],
  worker: [],
  system: ["stack", "worker"],
  operator: ["worker", "system"],
  status: ["worker", "system"],
  evidence: ["worker", "system"],
  ingress: ["worker", "system", "operator"],
  session: ["stack", "worker", "system", "operator", "status", "evidence", "ingress"],
  commands: ["stack", "worker", "system", "operator", "status", "evidence", "ingress", "session"],
};

/** Composition has an order too. */
export const roomsOfTheApp: Rule = {
  name: "the rooms of src/app are entered from above only",
  find: (sources) =>
    sources
      .filter(({ path }) => isIn(path, "src/app") && isTypeScript(path))
      .flatMap((source) => {
        const own = roomOf(source.path);
        if (own !== undefined && !(own in ROOMS))
          return [{ path: source.path, line: 1, what: `its room has no rule; add one to test/tidy/imports.ts` }];
        const open =
          own === undefined
            ? source.path === "src/app/cli.ts"
              ? Object.keys(ROOMS)
              : []
            : [own, ...(ROOMS[own] ?? [])];
        return importsOf(source).flatMap(({ file, specifier, line }) => {
          const room = file === undefined ? undefined : roomOf(file);
          return room === undefined || open.includes(room)
            ? []
            : [
                {
                  path: source.path,
                  line,
                  what: `imports ${specifier}; ${own ?? "a file beside the rooms"} may enter ${open.join(", ") || "no room"}`,
                },
              ];
        });
      }),
  planted: [
    { path: "src/app/worker/x.ts", text: 'import { startSystem } from "../system/system.ts";' },
    { path: "src/app/stack/x.ts", text: 'import type { Deployment } from "../worker/deployment.ts";' },
    { path: "src/app/x.ts", text: 'import { Worker } from "./worker/worker.ts";' },
    { path: "src/app/cellar/x.ts", text: "export const x = 1;" },
  ],
  decent: [
    {
      path: "src/app/session/x.ts",
      text: 'import { startSystem } from "../system/system.ts";\nimport { createLog } from "../log.ts";\nimport { query } from "../../adapters/postgres/pool.ts";',
    },
    { path: "src/app/cli.ts", text: 'import { demoCommand } from "./commands/demo.ts";' },
  ],
};

function roomOf(path: string): string | undefined {
  return /^src\/app\/([^/]+)\//.exec(path)?.[1];
}

/** One search finds a stage: its rules and its activities bear its name. */
export const stageNames: Rule = {
  name: "each stage of the domain has its activities in a file of its name",
  find: (sources) =>
    sources
      .filter(({ path }) => path === "activities/index.ts")
      .flatMap((source) => {
        const files = importsOf(source).map(({ file }) => file);
        return STAGES.filter((stage) => !files.includes(`activities/${stage}.ts`)).map((stage) => ({
          path: source.path,
          line: 1,
          what: `takes no activities from activities/${stage}.ts`,
        }));
      }),
  planted: [{ path: "activities/index.ts", text: 'import { fleetActivities } from "./fleet.ts";' }],
  decent: [
    { path: "activities/index.ts", text: STAGES.map((stage) => `import { a } from "./${stage}.ts";`).join("\n") },
  ],
};

/** The same table is in the linter's configuration, where an editor shows it at once. */
export const lintKnowsFolders: Rule = {
  name: "the linter restricts the imports of the same folders",
  find: (sources) =>
    sources
      .filter(({ path }) => path === ".oxlintrc.json")
      .flatMap(({ path, text }) => {
        const { overrides } = JSON.parse(text) as { overrides: { files: string[]; rules: Record<string, unknown> }[] };
        const linted = overrides
          .filter(({ rules }) => "no-restricted-imports" in rules)
          .flatMap(({ files }) => files.map((file) => file.replace(/\/\*\*$/, "")));
        const folders = ALLOWED.map(({ folder }) => folder);
        return [
          ...folders
            .filter((folder) => !linted.includes(folder))
            .map((folder) => ({ path, line: 1, what: `has no rule for ${folder}` })),
          ...linted
            .filter((folder) => !folders.includes(folder))
            .map((folder) => ({ path, line: 1, what: `has a rule for ${folder}, test/tidy/imports.ts has none` })),
        ];
      }),
  planted: [
    {
      path: ".oxlintrc.json",
      text: '{"overrides":[{"files":["src/domain/units/**"],"rules":{"no-restricted-imports":"error"}}]}',
    },
  ],
  decent: [
    {
      path: ".oxlintrc.json",
      text: JSON.stringify({
        overrides: ALLOWED.map(({ folder }) => ({
          files: [`${folder}/**`],
          rules: { "no-restricted-imports": "error" },
        })),
      }),
    },
  ],
};

/** A proof by a simulator is worth nothing when both sides share the same mistake. */
export const simulatorApart: Rule = {
  name: "a simulator shares no module, no constant and no library with the adapter it stands against",
  find: (sources) =>
    PARTIES.flatMap(({ adapter, simulator, library, simulatorLibrary = [] }) => {
      if (simulator === undefined) return [];
      const mine = reached(sources, `src/simulators/${simulator}/`);
      const theirs = reached(sources, `src/adapters/${adapter}/`);
      const modules = [...mine]
        .filter((file) => theirs.has(file))
        .map((file) => ({
          path: file,
          line: 1,
          what: `is reached from src/simulators/${simulator} and from src/adapters/${adapter}`,
        }));
      const libraries = library
        .filter((name) => simulatorLibrary.includes(name))
        .map((name) => ({
          path: `src/simulators/${simulator}`,
          line: 1,
          what: `uses ${name}, the library of the adapter ${adapter}`,
        }));
      return [...modules, ...libraries];
    }),
  planted: [{ path: "src/simulators/shared.ts", text: "export const REGISTERS = 3203;" }],
  beside: [
    { path: "src/simulators/meter/x.ts", text: 'import { REGISTERS } from "../shared.ts";' },
    { path: "src/adapters/meter/x.ts", text: 'import { REGISTERS } from "../../simulators/shared.ts";' },
  ],
  decent: [
    { path: "src/simulators/meter/x.ts", text: 'import { SimClock } from "../model.ts";' },
    { path: "src/simulators/model.ts", text: "export interface SimClock {}" },
    { path: "src/adapters/meter/x.ts", text: 'import { PortDataError } from "../../ports/errors.ts";' },
  ],
};

/**
 * Modules outside the folder's own that its files import, at any depth; types count too: a shared shape is shared code.
 */
function reached(sources: readonly Source[], folder: string): Set<string> {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const seen = new Set<string>();
  const queue = sources.filter(({ path }) => path.startsWith(folder) && isTypeScript(path));
  for (let source = queue.pop(); source !== undefined; source = queue.pop()) {
    for (const { file } of importsOf(source)) {
      const next = file === undefined ? undefined : byPath.get(file);
      if (next === undefined || seen.has(next.path)) continue;
      seen.add(next.path);
      queue.push(next);
    }
  }
  return seen;
}

/** The composition root is imported by nobody. */
export const appOnTop: Rule = {
  name: "nothing of the product imports src/app",
  find: (sources) =>
    sources
      .filter(({ path }) => isTypeScript(path) && !TOP.some((prefix) => path.startsWith(prefix)))
      .flatMap((source) =>
        importsOf(source)
          .filter(({ file }) => file?.startsWith("src/app/"))
          .map((one) => refusal(source, one, "src/app wires everything and is imported by nobody")),
      ),
  planted: [{ path: "activities/x.ts", text: 'import { RULES } from "../src/app/wire.ts";' }],
  decent: [{ path: "test/app/x.ts", text: 'import { createLog } from "../../src/app/log.ts";' }],
};

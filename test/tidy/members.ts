import { importsOf, uncommented } from "./scan.ts";
import { isIn, isTypeScript, lineAt, type Rule, type Source, type Violation } from "./source.ts";

/** Lists of what is outside, each beside its members: feeds, drivers, meters, stop inputs. */
const LISTS = [
  "src/adapters/ercot/reports/index.ts",
  "src/adapters/hashprice/index.ts",
  "src/adapters/fleet/registry.ts",
  "src/adapters/meter/index.ts",
  "src/adapters/stopInput/index.ts",
];

/** Who names one feed, driver or meter has to be changed for the next one; a list names it, and a site's file. */
export const membersAlone: Rule = {
  name: "a feed, a driver and a meter are named and imported by their list alone",
  find: (sources) => LISTS.flatMap((list) => namedElsewhere(list, sources)),
  planted: [
    { path: "src/app/worker/a.ts", text: 'if (feed.use === "acme/np1-2") return [];' },
    { path: "src/app/status/b.ts", text: 'import { tariff } from "../../adapters/ercot/reports/tariff.ts";' },
    { path: "src/config/c.ts", text: 'const DRIVERS = new Set(["acmeos"]);' },
    { path: "src/readModels/e.ts", text: 'if (document.reportType === "90001") return;' },
    { path: "activities/d.ts", text: 'const grid = feeds.find(({ use }) => use === "acme/np1-2");' },
  ],
  beside: [
    { path: LISTS[0] as string, text: 'import { tariff } from "./tariff.ts";\nexport const list = [tariff] as const;' },
    {
      path: "src/adapters/ercot/reports/tariff.ts",
      text: 'const usual = {};\nexport const tariff = {\n  use: "acme/np1-2",\n  reportType: "90001",\n  usual,\n};',
    },
    { path: LISTS[2] as string, text: 'import { acme } from "./acme.ts";\nexport const list = [acme] as const;' },
    { path: "src/adapters/fleet/acme.ts", text: 'export const acme = {\n  use: "acmeos",\n};' },
  ],
  decent: [
    { path: LISTS[0] as string, text: 'import { tariff } from "./tariff.ts";\nexport const list = [tariff] as const;' },
    { path: "src/adapters/ercot/reports/tariff.ts", text: 'export const tariff = {\n  use: "acme/np1-2",\n};' },
    {
      path: "src/app/worker/registries.ts",
      text: 'import { list } from "../../adapters/ercot/reports/index.ts";\n// as "acme/np1-2" does\nconst known = list;',
    },
    { path: "src/simulators/ercot/x.ts", text: 'const served = "acme/np1-2";' },
    { path: "test/app/x.ts", text: 'const feed = { use: "acme/np1-2" };' },
  ],
};

function namedElsewhere(list: string, sources: readonly Source[]): Violation[] {
  const own = sources.find(({ path }) => path === list);
  if (own === undefined) return [];
  const folder = list.slice(0, list.lastIndexOf("/"));
  const files = importsOf(own).flatMap(({ file, typeOnly }) => (file === undefined || typeOnly ? [] : [file]));
  const members = sources.filter(({ path }) => files.includes(path));
  const names = members.flatMap(({ text }) =>
    [...text.matchAll(/^ *(?:use|reportType|driverId): "([^"]+)"/gm)].map(([, name]) => name),
  );
  const literal = new RegExp(`"(?:${[...new Set(names)].join("|")})"`, "g");
  return sources
    .filter(({ path }) => isTypeScript(path) && isIn(path, "src", "activities", "workflows"))
    .filter(({ path }) => !isIn(path, folder, "src/simulators"))
    .flatMap((source) => {
      const text = uncommented(source);
      const imported = importsOf(source)
        .filter(({ file }) => file !== undefined && files.includes(file))
        .map(({ specifier, line }) => ({ path: source.path, line, what: `imports ${specifier}; ${list} lists it` }));
      const named = names.length === 0 ? [] : [...text.matchAll(literal)];
      return [
        ...imported,
        ...named.map((match) => ({
          path: source.path,
          line: lineAt(text, match.index),
          what: `names ${match[0]}; let the member in ${folder}/ say it`,
        })),
      ];
    });
}

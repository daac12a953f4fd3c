import { codeOf, uncommented } from "./scan.ts";
import { banned, isIn, isTypeScript, lineAt, type Rule } from "./source.ts";

const inDomain = (path: string): boolean => isIn(path, "src/domain") && isTypeScript(path);
const inWorkflows = (path: string): boolean => isIn(path, "workflows") && isTypeScript(path);

/** Everything that differs from run to run or machine to machine. */
export const pureDomain = banned("the domain has no clock, chance, environment, network, zone or log", {
  where: inDomain,
  text: codeOf,
  pattern:
    /\bDate\.now\b|\bnew Date\(\s*\)|\bnew Date\([^()]*,|\bMath\.random\b|\bprocess\s*\.|\bfetch\s*\(|\bIntl\b|\btoLocale\w*|\bset(?:Timeout|Interval|Immediate)\b|\bconsole\b|\bglobalThis\b|\bperformance\b|\bcrypto\b|\.get(?:FullYear|Month|Date|Day|Hours|Minutes|Seconds|TimezoneOffset)\(|\bimport\s*\(/,
  instead: "take it as an argument",
  planted: [
    "const at = Date.now();",
    "const at = new Date();",
    "const noon = new Date(2024, 7, 20);",
    "const dice = Math.random();",
    'const key = process.env["KEY"];',
    'await fetch("http://localhost");',
    "const zone = Intl.DateTimeFormat();",
    "setTimeout(run, 5);",
    "console.log(1);",
    "const hour = date.getHours();",
  ].map((text, i) => ({ path: `src/domain/market/planted${i}.ts`, text })),
  decent: [
    {
      path: "src/domain/market/decent.ts",
      text: 'const at = new Date(epochMs).getUTCDay(); // not Date.now()\nconst why = "process.exit";',
    },
  ],
});

/** Functions that two machines may compute to different bits. */
export const exactArithmetic = banned("the domain computes with + − × ÷ and comparison only", {
  where: inDomain,
  text: codeOf,
  pattern: /\bMath\.(?!(?:abs|floor|ceil|round|trunc|min|max|sign)\b)\w+|(?<!\b\d+n\s*)\*\*/,
  instead: "not the same bits on every machine",
  planted: [
    { path: "src/domain/decision/a.ts", text: "const x = Math.exp(-y);" },
    { path: "src/domain/decision/b.ts", text: "const x = Math.log2(y);" },
    { path: "src/domain/decision/c.ts", text: "const x = y ** 0.5;" },
  ],
  decent: [
    {
      path: "src/domain/units/a.ts",
      text: "const x = Math.min(Math.abs(y), 10 * z) / 3;\nconst scale = 10n ** BigInt(places);",
    },
  ],
});

/** Missing is never zero. */
export const missingIsNotZero = banned("a missing value never becomes zero", {
  where: (path) =>
    isTypeScript(path) &&
    isIn(path, "src/domain", "src/ports", "src/adapters", "activities", "workflows", "src/replay"),
  text: codeOf,
  pattern: /(?:\?\?|\|\|)=?\s*0(?:\.0+)?n?(?![\w.])/,
  instead: "absent stays undefined and forces a branch",
  planted: [
    { path: "src/domain/settlement/a.ts", text: "const wh = reading.energyWh ?? 0;" },
    { path: "src/adapters/meter/a.ts", text: "const kw = Number(text) || 0;" },
    { path: "activities/a.ts", text: "const wh = register ?? 0n;" },
  ],
  decent: [{ path: "src/domain/settlement/b.ts", text: "const factor = given ?? 0.9;\nif (a || b) return 0;" }],
});

/** The same in SQL. */
export const missingIsNotZeroInSql = banned("a missing value never becomes zero in SQL", {
  where: (path) => isIn(path, "sql", "src/adapters/postgres"),
  text: ({ text }) => text,
  pattern: /\bcoalesce\s*\([^()]*,\s*0\s*\)/i,
  instead: "select the value as it is; a missing one is NULL",
  planted: [{ path: "sql/0009_x.sql", text: "SELECT COALESCE(register_wh, 0) FROM meter_register;" }],
  decent: [{ path: "sql/0009_y.sql", text: "SELECT coalesce(reason, 'all') FROM journal_entry;" }],
});

const QUERY = new RegExp(
  [
    String.raw`\bimport\b[^;]*\bquery\b[^;]*adapters\/postgres\/pool\.ts`,
    String.raw`\bfrom "pg"`,
    String.raw`["'\`]\s*(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE (?:TABLE|DATABASE|ROLE)|GRANT|WITH \w+ AS)\b`,
    String.raw`["'\`]\s*(?:select|insert into|delete from|create (?:table|database|role))\b`,
  ].join("|"),
);

/** Whoever else wants to know something of the database asks its adapter. */
export const sqlInItsAdapter = banned("SQL stands in src/adapters/postgres alone", {
  where: (path) =>
    isTypeScript(path) && isIn(path, "src", "activities", "workflows") && !isIn(path, "src/adapters/postgres"),
  text: ({ text }) => text,
  pattern: QUERY,
  instead: "give the adapter a function that says what is asked for",
  planted: [
    { path: "src/app/session/a.ts", text: "const rows = await pool.query(`SELECT record FROM decision`);" },
    { path: "src/app/status/b.ts", text: 'import { instantOf, query } from "../../adapters/postgres/pool.ts";' },
    { path: "activities/c.ts", text: 'import pg from "pg";' },
    { path: "src/readModels/d.ts", text: "await on(\n  `\n  insert into site_finding VALUES ($1)`);" },
  ],
  decent: [
    {
      path: "src/app/session/e.ts",
      text: 'import { createPool, type Pool } from "../../adapters/postgres/pool.ts";\nconst say = "Select a site with --site";',
    },
    { path: "src/adapters/postgres/f.ts", text: 'import pg from "pg";\nconst SQL = "SELECT 1";' },
  ],
});

const ZONE_FILES = [
  "src/domain/market/calendar.ts",
  "src/simulators/ercot/centralTime.ts",
  "bench/support/fuzz/centralClock.ts",
];

/** One zone rule for the product; the ERCOT stand-in and the independent reading have their own, because they may share none. */
export const oneZone = banned("the market's time zone is named in one file", {
  where: (path) => /\.(?:ts|mjs|sql|ya?ml)$/.test(path) && !isIn(path, "test") && !ZONE_FILES.includes(path),
  text: ({ text }) => text,
  pattern: /America\/Chicago|US\/Central|CST6CDT/,
  instead: `use ${ZONE_FILES[0]}`,
  planted: [{ path: "src/adapters/ercot/a.ts", text: 'const zone = "America/Chicago";' }],
  decent: [{ path: "src/domain/market/calendar.ts", text: 'const zone = "America/Chicago";' }],
});

/** A plain error leaves a workflow stuck in a retried task instead of failing it. */
export const workflowFailures = banned("workflows throw only ApplicationFailure", {
  where: inWorkflows,
  text: codeOf,
  pattern: /\bthrow\s+(?:new\s+(?!ApplicationFailure\b)\w+|\w*Error\()|\bPromise\.reject\(/,
  instead: "throw ApplicationFailure with a type from FailureType",
  planted: [
    { path: "workflows/a.ts", text: 'throw new Error("no such site");' },
    { path: "workflows/b.ts", text: "throw TypeError();" },
  ],
  decent: [{ path: "workflows/c.ts", text: "throw ApplicationFailure.create({ type });\nthrow error;" }],
});

/** Money and prices are the domain's. */
export const noPriceArithmetic = banned("workflows do no arithmetic on prices or money", {
  where: inWorkflows,
  text: codeOf,
  pattern:
    /\b[\w.]*(?:[pP]rice|[uU]sd|[cC]ents|[sS]trike)\w*\s*[-+*/%]\s*[\w(]|[-+*/%]\s*[\w.(]*(?:[pP]rice|[uU]sd|[cC]ents|[sS]trike)/,
  instead: "call a function of the domain",
  planted: [
    { path: "workflows/a.ts", text: "const cost = priceUsdPerMwh * mwh;" },
    { path: "workflows/b.ts", text: "const dear = 1.25 * state.strike;" },
  ],
  decent: [{ path: "workflows/c.ts", text: "const ms = openSeconds * 1000;\nconst { priceUsdPerMwh } = input;" }],
});

/** An update validator that awaits lets an unchecked update into history. */
export const synchronousValidators = banned("update validators are synchronous", {
  where: inWorkflows,
  text: codeOf,
  pattern: /\bvalidator\s*:\s*async\b|\basync\s+validator\b|\basync\s+function\s+validate\w*/,
  instead: "a validator answers at once and changes nothing",
  planted: [
    { path: "workflows/a.ts", text: "setHandler(placeOrder, run, { validator: async (order) => check(order) });" },
  ],
  decent: [{ path: "workflows/b.ts", text: "setHandler(placeOrder, run, { validator: (order) => check(order) });" }],
});

/** Database connections are made where everything is wired. */
export const poolsInOnePlace = banned("database pools are made in src/app and the PostgreSQL adapter only", {
  where: (path) =>
    isTypeScript(path) &&
    isIn(path, "src", "workflows", "activities") &&
    !isIn(path, "src/app", "src/adapters/postgres"),
  text: codeOf,
  pattern: /\bnew\s+(?:pg\.)?Pool\s*\(|\bcreatePool\s*\(/,
  instead: "take what you need as a port",
  planted: [
    { path: "activities/a.ts", text: "const pool = createPool(url, 4);" },
    { path: "src/replay/a.ts", text: "const pool = new pg.Pool({ max: 2 });" },
  ],
  decent: [{ path: "src/app/a.ts", text: "const pool = createPool(url, 4);" }],
});

const MARK = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"];

/** What is left to do stands in the tracker, not in the code. */
export const noLeftovers = banned("no leftover marks", {
  where: (path) => /\.(?:ts|mjs|sql|ya?ml|md)$/.test(path),
  text: ({ text }) => text,
  pattern: new RegExp(`\\b(?:${MARK.join("|")})\\b`),
  instead: "do it or drop it",
  planted: MARK.map((mark, i) => ({ path: `src/domain/market/planted${i}.ts`, text: `// ${mark}: later` })),
  decent: [{ path: "src/domain/market/a.ts", text: "const todos = 1;" }],
});

/** A test that does not run says why, where a reader of the report sees it. */
export const noSilentSkips: Rule = {
  name: "no test is focused, and none is skipped without a reason in its title",
  find: (sources) =>
    sources
      .filter(({ path }) => isIn(path, "test") && isTypeScript(path) && !isIn(path, "test/tidy"))
      .flatMap((source) => {
        const code = codeOf(source);
        return [
          ...code.matchAll(/\b(?:it|test|describe|suite)(?:\.\w+)*\.(only|skip|todo|fails|skipIf|runIf)\b/g),
        ].flatMap((match) => {
          const line = lineAt(code, match.index);
          const text = source.text
            .split("\n")
            .slice(line - 1, line + 1)
            .join(" ");
          const conditional = match[1] === "skipIf" || match[1] === "runIf";
          if (conditional && /needs|only|requires|without|because|\$\{why\}/i.test(text)) return [];
          return [
            {
              path: source.path,
              line,
              what: `.${match[1]}: ${conditional ? "the title says what it needs" : "not left in"}`,
            },
          ];
        });
      }),
  planted: [
    { path: "test/a.test.ts", text: 'it.only("runs", () => {});' },
    { path: "test/b.test.ts", text: 'describe.skip("later", () => {});' },
    { path: "test/c.test.ts", text: 'it.skipIf(dir === undefined)("adds up", () => {});' },
  ],
  decent: [
    { path: "test/d.test.ts", text: 'it.skipIf(dir === undefined)("adds up (needs BALLAST_DATA_DIR)", () => {});' },
  ],
};

/** Strings of code that is written into a file or another process are looked at as code too. */
export const noAnyImports = banned("dependencies are imported, not required", {
  where: (path) => /\.(?:ts|mjs)$/.test(path) && isIn(path, "src", "workflows", "activities", "scripts"),
  text: uncommented,
  pattern: /(?<![.\w])require\s*\(/,
  instead: "import it",
  planted: [{ path: "src/app/a.ts", text: 'const pg = require("pg");' }],
  decent: [{ path: "src/app/b.ts", text: "const url = required(name);" }],
});

/** The text of an object goes by the order in which its members were set. */
export const noTextAsEquality = banned("two values are never compared by their JSON text", {
  where: (path) => isTypeScript(path) && isIn(path, "src", "workflows", "activities"),
  text: codeOf,
  pattern:
    /\b(?:JSON\.stringify|canonicalJson)\([^()]*\)\s*[!=]==?|[!=]==?\s*(?:JSON\.stringify|canonicalJson)\([^()]*\)(?!\.)/,
  instead: "compare them with sameValue",
  planted: [
    { path: "src/app/a.ts", text: "if (JSON.stringify(was) === JSON.stringify(is)) return;" },
    { path: "src/replay/b.ts", text: "const isSame = before !== canonicalJson(plan);" },
  ],
  decent: [{ path: "src/app/c.ts", text: "if (sha256(canonicalJson(record)) !== row.hash) refuse();" }],
});

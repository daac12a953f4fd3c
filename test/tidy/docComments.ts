import { codeOf, commentsOf, matching } from "./scan.ts";
import { isIn, isTypeScript, lineAt, type Rule, type Source, type Violation } from "./source.ts";

/** An exported function as its file shows it. */
interface PublicFunction {
  readonly name: string;
  readonly line: number;
  /** The doc comment right above it; empty when there is none. */
  readonly doc: string;
  readonly parameters: string;
  readonly returns: string;
  readonly body: string;
}

function publicFunctions(source: Source): PublicFunction[] {
  const code = codeOf(source);
  return [...code.matchAll(/^export (?:async )?function\*? (\w+)/gm)].map((match) => {
    const open = code.indexOf("(", match.index);
    const close = matching(code, open);
    const end = code.indexOf("\n}", close);
    return {
      name: match[1] as string,
      line: lineAt(source.text, match.index),
      doc: /\/\*\*(?:(?!\*\/)[\s\S])*\*\/\s*$/.exec(source.text.slice(0, match.index))?.[0] ?? "",
      parameters: code.slice(open + 1, close),
      returns: /^\s*:\s*([^{]*?)\s*\{/.exec(code.slice(close + 1, close + 300))?.[1] ?? "",
      body: code.slice(close, end === -1 ? code.length : end),
    };
  });
}

function inProgram({ path }: Source): boolean {
  return isTypeScript(path) && isIn(path, "src", "workflows", "activities");
}

function perFunction(sources: readonly Source[], wrong: (one: PublicFunction) => string | undefined): Violation[] {
  return sources.filter(inProgram).flatMap((source) =>
    publicFunctions(source).flatMap((one) => {
      const what = wrong(one);
      return what === undefined ? [] : [{ path: source.path, line: one.line, what: `${one.name}: ${what}` }];
    }),
  );
}

/** Who calls a function should not have to read it. */
export const documented: Rule = {
  name: "every public function has a doc comment",
  find: (sources) => perFunction(sources, ({ doc }) => (doc === "" ? "no doc comment right above it" : undefined)),
  planted: [
    {
      path: "src/domain/units/a.ts",
      text: "export function plus(a: bigint, b: bigint): bigint {\n  return a + b;\n}\n",
    },
    {
      path: "workflows/a.ts",
      text: "/** Something else. */\nconst x = 1;\n\nexport async function runAll(): Promise<void> {\n}\n",
    },
  ],
  decent: [
    {
      path: "src/domain/units/b.ts",
      text: "/** a + b, whole Wh. */\nexport function plus(a: bigint, b: bigint): bigint {\n  return a + b;\n}\n\nfunction own(): void {}\n",
    },
  ],
};

/** A caller must know what can come back instead of an answer. */
export const errorsTold: Rule = {
  name: "the doc comment of a function that throws says so",
  find: (sources) =>
    perFunction(sources, ({ doc, body }) =>
      doc !== "" && /\bthrow\b/.test(body) && !/throw|refuse|reject/i.test(doc)
        ? "throws, and its doc comment does not say what or when"
        : undefined,
    ),
  planted: [
    {
      path: "src/app/a.ts",
      text: '/** The site of this name. */\nexport function siteOf(name: string): string {\n  if (name === "") throw new Error("no name");\n  return name;\n}\n',
    },
  ],
  decent: [
    {
      path: "src/app/b.ts",
      text: '/** The site of this name. @throws Error without one. */\nexport function siteOf(name: string): string {\n  if (name === "") throw new Error("no name");\n  return name;\n}\n',
    },
  ],
};

/** Ends of names that say what a number counts or in which unit it is. */
const UNIT_IN_NAME =
  /(?:Usd|PerMwh|PerPhDay|E8|Wh|W|Watts?|Ms|Seconds|Minutes|Hours?|Days?|Bytes|Mb|Ths|Phs|Share|Factor|Count|Index|Decimals|Port|Version|Revision|Sequence|Quarter|Year|Month|Seed|Speed|Pue|Fee|Size|Limit|Max|Min|Length|Attempts?|Times)$/i;
const UNIT_IN_WORDS =
  /\$|\bUSD\b|\b[kM]?Wh?\b|\bms\b|\b(?:milli)?seconds?\b|\bminutes?\b|\bhours?\b|\bdays?\b|\bbytes?\b|\bcents?\b|\bTH\/s|\bPH\b|%|\bshare\b|\bnumber\b|\bcount|\bhow many\b|\bwhole\b|\bindex|\bposition|\bdecimals?\b|\bport\b|\bratio\b|\bsign\b|\bunit\b|10⁻⁸|\bsequence\b|\brevision\b|\bseed\b|\bmachines?\b/i;

/** A bare number is half a statement. */
export const unitsTold: Rule = {
  name: "every bare number of a public function has its unit in its name or its doc comment",
  find: (sources) =>
    perFunction(sources, ({ name, doc, parameters, returns }) => {
      if (UNIT_IN_WORDS.test(doc)) return undefined;
      const bare = [...parameters.matchAll(/(\w+)\??:\s*(?:number|bigint)\b/g)]
        .map((match) => match[1] as string)
        .filter((one) => !UNIT_IN_NAME.test(one));
      if (/^(?:Promise<)?(?:number|bigint)\b/.test(returns) && !UNIT_IN_NAME.test(name)) bare.push("its result");
      return bare.length === 0 ? undefined : `no unit for ${bare.join(", ")}`;
    }),
  planted: [
    {
      path: "src/domain/settlement/a.ts",
      text: "/** What is charged. */\nexport function charge(price: bigint, energy: bigint): string {\n  return `${price * energy}`;\n}\n",
    },
    {
      path: "src/domain/decision/a.ts",
      text: "/** The strike. */\nexport function strikeOf(plan: Plan): number {\n  return plan.k;\n}\n",
    },
  ],
  decent: [
    {
      path: "src/domain/decision/b.ts",
      text: "/** The strike, $/MWh. */\nexport function strikeOf(plan: Plan): number {\n  return plan.k;\n}\n\n/** Waits. */\nexport function rest(timeoutMs: number): void {\n}\n",
    },
  ],
};

const SOURCE =
  /\bERCOT\b|\bMIS\b|`daily-prc|`system-wide-prices|\bNP\d|\bNPRR\d|\bTAC\b|\bU\.S\.C\b|\bRFC \d|\bLuxOS\b|\bSchneider\b|\bModbus\b|\brevision \d|\bBitcoin Core\b|\bmempool\.space\b|\bBallast's own\b|@see\b/;
/** Where rules and formats are somebody else's. */
const FOREIGN = [
  "src/domain/market",
  "src/adapters/ercot",
  "src/adapters/fleet",
  "src/adapters/hashprice",
  "src/adapters/meter",
];

/** What follows somebody's document says whose; what follows nobody's says that. */
export const sourcesTold: Rule = {
  name: "every file of market rules and foreign protocols names its source",
  find: (sources) =>
    sources
      .filter((source) => inProgram(source) && isIn(source.path, ...FOREIGN))
      .flatMap((source) => {
        const [first] = publicFunctions(source);
        return first === undefined || SOURCE.test(commentsOf(source))
          ? []
          : [{ path: source.path, line: first.line, what: "names no source for its rule or format" }];
      }),
  planted: [
    {
      path: "src/adapters/meter/a.ts",
      text: "/** Power in kW at address 3059. */\nexport function powerKw(): string {\n  return '3059';\n}\n",
    },
  ],
  decent: [
    {
      path: "src/adapters/meter/b.ts",
      text: "/** Power in kW at address 3059: Schneider PM5000 register list. */\nexport function powerKw(): string {\n  return '3059';\n}\n",
    },
  ],
};

import { FailureType, FINAL_FAILURES } from "../../src/domain/units/failureTypes.ts";
import { codeOf, uncommented } from "./scan.ts";
import { banned, isIn, isTypeScript, lineAt, type Rule, type Source, type Violation } from "./source.ts";

const REGISTRY = "src/domain/units/failureTypes.ts";
const MAKERS = ["activities/failure.ts", "workflows/refuse.ts"];
/** Asked from outside: what it throws reaches a person, never a history. */
const ASKED = "src/ports/commands.ts";
const TABLE = "docs/operations.md";
const ENTRIES = Object.entries(FailureType);
const isFinal = (type: string): boolean => (FINAL_FAILURES as readonly string[]).includes(type);

const inActivities = (path: string): boolean => isTypeScript(path) && isIn(path, "activities");
const inEither = (path: string): boolean => isTypeScript(path) && isIn(path, "activities", "workflows");

/** A type that is not in the list cannot be made: the makers take no other. */
export const failuresMadeInOnePlace = banned("failures of activities and workflows are made in one place each", {
  where: (path) => inEither(path) && !MAKERS.includes(path),
  text: codeOf,
  pattern: /\bApplicationFailure\.(?:create|nonRetryable|retryable|fromError)\b|\bnew\s+ApplicationFailure\b/,
  instead: `use ${MAKERS.join(" or ")}`,
  planted: [
    { path: "activities/a.ts", text: 'throw ApplicationFailure.nonRetryable("no", "Whatever");' },
    { path: "workflows/a.ts", text: "throw ApplicationFailure.create({ message });" },
  ],
  decent: [{ path: "activities/b.ts", text: "if (error instanceof ApplicationFailure) throw error;" }],
});

/** A plain error says nothing to whoever reads a history, and nobody decided whether it is tried again. */
export const activityFailures = banned("activities throw failures and errors of ports, no plain errors", {
  where: inActivities,
  text: codeOf,
  pattern: /\bthrow\s+(?:new\s+)?(?:Error|TypeError|RangeError)\b/,
  instead: "throw finalFailure, notConfigured or an error of src/ports",
  planted: [{ path: "activities/a.ts", text: 'throw new Error("no such feed");' }],
  decent: [{ path: "activities/b.ts", text: 'throw new PortDataError("not there");\nthrow error;' }],
});

/** One search finds everybody who throws a type or looks for it. */
export const failureTypesByName = banned("failure types are named by the list, never spelled out", {
  where: (path) => isTypeScript(path) && isIn(path, "activities", "workflows", "src/app") && path !== REGISTRY,
  text: uncommented,
  pattern: new RegExp(`(["'\`])(?:${ENTRIES.map(([, type]) => type).join("|")})\\1`),
  instead: "use FailureType",
  planted: [{ path: "src/app/a.ts", text: 'if (cause.type === "OrderRefused") return;' }],
  decent: [{ path: "src/app/b.ts", text: "if (cause.type === FailureType.OrderRefused) return;" }],
});

/** What is listed is thrown, and what a port throws is listed. */
export const failureTypesInUse: Rule = {
  name: "each failure type is thrown somewhere, and each error of a port is a failure type",
  find: (sources) => {
    if (!sources.some(({ path }) => path === REGISTRY || isIn(path, "src/ports"))) return [];
    const thrown = sources.filter(({ path }) => inEither(path)).map(codeOf);
    const errors = sources.filter(({ path }) => isIn(path, "src/ports") && path !== ASKED).flatMap(errorsOf);
    const types = ENTRIES.map(([, type]) => type as string);
    return [
      ...sources
        .filter(({ path }) => path === REGISTRY)
        .flatMap(() => ENTRIES)
        .filter(([name, type]) => {
          const isThrown = thrown.some((code) => new RegExp(`\\bFailureType\\.${name}\\b`).test(code));
          return !isThrown && !errors.some((error) => error.what === type);
        })
        .map(([name]) => ({ path: REGISTRY, line: 1, what: `${name} is thrown by nobody` })),
      ...errors
        .filter(({ what }) => !types.includes(what))
        .map(({ what, ...where }) => ({ ...where, what: `${what} is not in ${REGISTRY}` })),
    ];
  },
  planted: [
    { path: REGISTRY, text: "export const FailureType = {};" },
    { path: "src/ports/a.ts", text: "export class PortTiredError extends Error {}" },
  ],
  decent: [
    { path: "src/ports/b.ts", text: "export class PortDataError extends Error {}" },
    { path: ASKED, text: "export class RequestRefusedError extends Error {}" },
  ],
};

/** A person finds in one table what each failure means, and the table says what the code does. */
export const failureTable: Rule = {
  name: "the table of failures has a row for each type, and says of each whether it is final",
  find: (sources) =>
    sources
      .filter(({ path }) => path === TABLE)
      .flatMap(({ path, text }) => {
        const rows = [...text.matchAll(/^\| `(\w+)` \|[^|]*\| (final|tried again) \|/gm)].map(
          (match) => [match[1] as string, match[2] === "final"] as const,
        );
        const wanted = ENTRIES.map(([, type]) => [type as string, isFinal(type)] as const);
        const has = (list: readonly (readonly [string, boolean])[], [type, final]: readonly [string, boolean]) =>
          list.filter((one) => one[0] === type && one[1] === final).length === 1;
        return [
          ...wanted
            .filter((one) => !has(rows, one))
            .map(([type, final]) => ({
              path,
              line: 1,
              what: `has not one row for ${type}, ${final ? "final" : "tried again"}`,
            })),
          ...rows
            .filter((one) => !has(wanted, one))
            .map(([type]) => ({ path, line: 1, what: `${type} is no failure` })),
        ];
      }),
  planted: [{ path: TABLE, text: "| `OrderRefused` | refused | tried again | ask |\n" }],
  decent: [
    {
      path: TABLE,
      text: ENTRIES.map(([, type]) => `| \`${type}\` | why | ${isFinal(type) ? "final" : "tried again"} | act |`).join(
        "\n",
      ),
    },
  ],
};

function errorsOf(source: Source): Violation[] {
  const code = codeOf(source);
  return [...code.matchAll(/\bclass\s+(\w+)\s+extends\s+\w*Error\b/g)].map((match) => ({
    path: source.path,
    line: lineAt(code, match.index),
    what: match[1] as string,
  }));
}

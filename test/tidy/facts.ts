import { type AnyFact } from "../../src/domain/inputs/facts.ts";
import { FACTS } from "../../src/domain/inputs/index.ts";
import { uncommented } from "./scan.ts";
import { banned, isIn, isTypeScript } from "./source.ts";

const LIST: readonly AnyFact[] = FACTS;
const KINDS = [...new Set(LIST.flatMap(({ kind, messages }) => [kind, ...Object.keys(messages)]))];
/** A kind that is no plain word means the fact wherever it is written. */
const NAMES = KINDS.filter((kind) => kind.includes("-"));
const WORDS = `"(?:${KINDS.join("|")})"`;
/** Who brings a fact says which: a report of its source. */
const BRINGERS = ["src/domain/inputs", "src/adapters/ercot/reports", "src/adapters/hashprice"];
const elsewhere = (path: string): boolean =>
  isTypeScript(path) && isIn(path, "src", "workflows", "activities") && !isIn(path, ...BRINGERS, "src/simulators");

/** A new fact must reach every place by itself: what switches over the kinds would not know it. */
export const noFactByName = banned(
  "no kind of fact is named outside the registry of facts and the reports that bring it",
  {
    where: elsewhere,
    text: uncommented,
    pattern: new RegExp(`(["'\`])(?:${NAMES.join("|")})\\1`),
    instead: "loop over the facts, or use the kind that its own file exports",
    planted: [
      { path: "src/domain/decision/a.ts", text: 'if (feed === "grid-condition") return;' },
      { path: "activities/a.ts", text: 'switch (kind) {\n  case "sced-lmp":\n    return 1;\n}' },
    ],
    decent: [
      { path: "src/domain/inputs/a.ts", text: 'export const scedLmp = { kind: "sced-lmp" };' },
      { path: "src/domain/decision/b.ts", text: "if (feed === gridCondition.kind) return;" },
    ],
  },
);

/** Of a kind that is a plain word, a switch or a comparison of kinds is what would not know the next one. */
export const noSwitchOverFacts = banned("nothing outside the registry of facts switches over their kinds", {
  where: (path) => elsewhere(path) && !isIn(path, "src/app/commands", "src/replay/kinds"),
  text: uncommented,
  pattern: new RegExp(
    `\\bcase ${WORDS}:|\\bkind\\s*[!=]==?\\s*${WORDS}|${WORDS}\\s*[!=]==?\\s*(?:\\w+\\.)*kind\\b|` +
      `\\[[^\\]]*${WORDS}[^\\]]*\\]\\.includes\\((?:\\w+\\.)*kind\\b`,
  ),
  instead: "let the fact's own file say it",
  planted: [
    { path: "src/domain/decision/a.ts", text: 'switch (input.kind) {\n  case "order":\n    return 1;\n}' },
    { path: "workflows/a.ts", text: 'if (input.kind === "release") return;' },
    { path: "src/readModels/a.ts", text: 'const said = all.find((one) => one.kind === "hashprice");' },
    { path: "src/replay/a.ts", text: 'const isAsked = ["order", "release"].includes(input.kind);' },
  ],
  decent: [{ path: "workflows/b.ts", text: "const waiting = ordersOnceTaken(orders, queue);" }],
});

import { describe, expect, it } from "vitest";
import { helpParagraphs } from "../../src/app/helpText.ts";
import { outputWidth } from "../../src/app/outputEdge.ts";
import { fitText } from "../../src/app/wrapText.ts";

const HASH = "29e633dbdec81798dac89dd846544aedcbbaa1361e67c2ca1cb9f4a0b764f9c0";

describe("text for a person", () => {
  it("goes on under the column of its words, never between a number and its unit", () => {
    const verdict =
      "15:51                       ✓ meter: −652.1 kW expected of revision 1, −642.7 kW metered (98.6 %) 30 s after " +
      "the order: confirmed. Machines at target 220 of 220, not there 0, not read 0.";
    expect(fitText(verdict, 80)).toBe(
      [
        "15:51                       ✓ meter: −652.1 kW expected of revision 1, −642.7 kW",
        "                            metered (98.6 %) 30 s after the order: confirmed.",
        "                            Machines at target 220 of 220, not there 0, not read",
        "                            0.",
      ].join("\n"),
    );
    expect(fitText(verdict, 76).split("\n").slice(0, 2)).toEqual([
      "15:51                       ✓ meter: −652.1 kW expected of revision 1,",
      "                            −642.7 kW metered (98.6 %) 30 s after the order:",
    ]);
  });

  it("goes on under its own beginning where it has no columns: a list, a message of the command", () => {
    expect(fitText("  - that the meters are right: they are taken as recorded", 40)).toBe(
      "  - that the meters are right: they are\n    taken as recorded",
    );
    expect(fitText("ballast: site.yaml cannot be read (ENOENT); expected a file", 40)).toBe(
      "ballast: site.yaml cannot be read\n         (ENOENT); expected a file",
    );
  });

  it("keeps a path, a hash and a command that is copied in one piece", () => {
    expect(fitText(`Head  ${HASH}, not compared with one from elsewhere`, 60)).toBe(
      `Head\n      ${HASH},\n      not compared with one from elsewhere`,
    );
    expect(fitText("no stack runs here; see how to start one with `ballast start --help` in a shell", 60)).toBe(
      "no stack runs here; see how to start one with\n  `ballast start --help` in a shell",
    );
    const again = "ballast issue mesquite-2024 2026-08-01..2026-08-31 --run /var/lib/ballast/my-site";
    expect(fitText(`Once that is mended, ask again: ${again}`, 60)).toBe(`Once that is mended, ask again:\n  ${again}`);
    expect(fitText(`  ${again}`, 60)).toBe(`  ${again}`);
  });

  it("breaks at the same place with colors as without", () => {
    const plain = "refused     no price of HB_WEST for 3 of 96 intervals, the first at 18:30";
    const colored = plain.replace("no price", "\u001b[31mno price").concat("\u001b[39m");
    // eslint-disable-next-line no-control-regex
    expect(fitText(colored, 40).replaceAll(/\u001b\[\d+m/g, "")).toBe(fitText(plain, 40));
    expect(fitText(plain, 40).split("\n")).toHaveLength(3);
  });

  it("passes as it is where it fits, table or not", () => {
    const table = "cohort         step             strike $/MWh\nmesquite-s19j  off → normal            48.67\n";
    expect(fitText(table, 60)).toBe(table);
  });
});

describe("the width of text", () => {
  it.each([
    ["a terminal of 80 columns", { columns: 80 }, {}, 80],
    ["a terminal of 200 columns", { columns: 200 }, {}, 100],
    ["a file or a pipe", {}, {}, 100],
    ["a pipe where COLUMNS asks for 80", {}, { COLUMNS: "80" }, 80],
    ["a pipe where COLUMNS asks for one fact a line", {}, { COLUMNS: "1000" }, 1000],
    ["a COLUMNS that is no number", { columns: 90 }, { COLUMNS: "wide" }, 90],
    ["a terminal too narrow to read", { columns: 10 }, {}, 40],
  ])("of %s", (_what, stream, env, columns) => {
    expect(outputWidth(stream, env)).toBe(columns);
  });
});

describe("a help's prose", () => {
  it("is one paragraph for the width at hand; options, examples and tables keep their lines", () => {
    const help = [
      "What it does:",
      "  Sends the order and waits",
      "  for the decision.",
      "  --vouches is for a gateway.",
      "",
      "Exit codes: 0 done;",
      "  1 refused.",
      "",
      "  --until takes   21:30",
      "                  +45m",
      "Examples:",
      "  ballast status",
      "  ballast order",
    ];
    expect(helpParagraphs(help.join("\n")).split("\n")).toEqual([
      "What it does:",
      "  Sends the order and waits for the decision.",
      "  --vouches is for a gateway.",
      "",
      "Exit codes: 0 done; 1 refused.",
      ...help.slice(7),
    ]);
  });
});

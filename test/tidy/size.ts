import { codeOf, functionsOf, matching } from "./scan.ts";
import { isIn, isTypeScript, lineAt, type Rule, type Source, type Violation } from "./source.ts";

const COLUMNS_MAX = 120;
const FUNCTION_LINES_MAX = 90;
const PORT_METHODS_MAX = 8;

const isProduct = (path: string): boolean =>
  /\.(?:ts|mjs)$/.test(path) && isIn(path, "src", "workflows", "activities", "scripts", "bench");
const isNarrow = (path: string): boolean =>
  isProduct(path) || (path.endsWith(".sql") && isIn(path, "sql")) || (path.endsWith(".mjs") && isIn(path, "config"));

/** Longest length of a file, by what it is. */
function linesMax(path: string): { readonly lines: number; readonly of: string } {
  if (isIn(path, "src/domain") && !path.endsWith("/model.ts")) return { lines: 165, of: "a rule" };
  if (isIn(path, "workflows") && path !== "workflows/contracts.ts") return { lines: 205, of: "a workflow" };
  if (isIn(path, "src/adapters/fleet")) return { lines: 350, of: "a driver" };
  return { lines: 350, of: "a file" };
}

/** Files that can be read in one go. */
export const fileLengths: Rule = {
  name: "files stay short: a rule ≤ 165 lines, a workflow ≤ 205, anything else ≤ 350",
  find: (sources) =>
    sources
      .filter(({ path }) => isProduct(path))
      .flatMap(({ path, text }) => {
        const max = linesMax(path);
        const lines = text.replace(/\n$/, "").split("\n").length;
        return lines <= max.lines
          ? []
          : [{ path, line: max.lines + 1, what: `${lines} lines; ${max.of} has at most ${max.lines}` }];
      }),
  planted: [
    { path: "src/domain/decision/long.ts", text: "\n".repeat(165) + "const x = 1;\n" },
    { path: "workflows/long.ts", text: "\n".repeat(205) + "const x = 1;\n" },
    { path: "src/adapters/fleet/long.ts", text: "\n".repeat(350) + "const x = 1;\n" },
    { path: "src/app/long.ts", text: "\n".repeat(350) + "const x = 1;\n" },
  ],
  decent: [
    { path: "src/domain/decision/model.ts", text: "const x = 1;\n".repeat(240) },
    { path: "src/domain/decision/short.ts", text: "const x = 1;\n".repeat(120) },
  ],
};

/** A test's line of comment, or of text put together; not its title. Planted samples are texts of their own. */
const RUNS_ON = /^\s*(?:\/\/|\/?\*)|^(?!\s*(?:it|describe|test)\b).*\$\{/;
const isTest = (path: string): boolean =>
  path.endsWith(".ts") && isIn(path, "test") && !isIn(path, "test/tidy") && path !== "test/tidy.test.ts";

/** Lines of a page's code, by number; the sign of a difference is no part of a line. YAML is laid out by hand. */
function pageCode(text: string): readonly (readonly [string, number])[] {
  let fence: string | undefined;
  return text.split("\n").flatMap((line, i) => {
    const [, opens] = /^```(.*)$/.exec(line) ?? [];
    if (opens !== undefined) fence = fence === undefined ? opens : undefined;
    const isCode = fence !== undefined && opens === undefined && !/\.ya?ml$/.test(fence);
    return isCode ? [[fence?.startsWith("diff") === true ? line.slice(1) : line, i + 1] as const] : [];
  });
}

/** Lines that have to fit, by number: of the product all, of tests comments and texts, of pages code, of YAML comments. */
function fittingLines({ path, text }: Source): readonly (readonly [string, number])[] {
  const lines = text.split("\n").map((line, i) => [line, i + 1] as const);
  if (isNarrow(path) || path.endsWith(".py")) return lines;
  if (isTest(path)) return lines.filter(([line]) => RUNS_ON.test(line));
  if (path.endsWith(".md")) return pageCode(text);
  return /\.ya?ml$/.test(path) ? lines.filter(([line]) => line.trimStart().startsWith("#")) : [];
}

/** Lines that fit beside another file; the formatter leaves comments and strings to whoever wrote them. */
export const lineLengths: Rule = {
  name: `lines have at most ${COLUMNS_MAX} characters; in tests, titles and recorded text may be longer, on pages prose`,
  find: (sources) =>
    sources.flatMap((source) =>
      fittingLines(source).flatMap(([text, line]) => {
        const columns = [...text].length;
        return columns > COLUMNS_MAX ? [{ path: source.path, line, what: `${columns} characters` }] : [];
      }),
    ),
  planted: [
    { path: "src/app/wide.ts", text: `// ${"x".repeat(COLUMNS_MAX - 2)}\n` },
    { path: "sql/0001_wide.sql", text: `-- ${"x".repeat(COLUMNS_MAX - 2)}\n` },
    { path: "test/app/comment.test.ts", text: `  // ${"x".repeat(COLUMNS_MAX)}\n` },
    { path: "test/app/template.test.ts", text: `  const text = \`\${a}${"x".repeat(COLUMNS_MAX)}\`;\n` },
    { path: "workflows/wide.ts", text: `const a =\n  "${"x".repeat(COLUMNS_MAX - 3)}";\n` },
    { path: "test/golden/wide.py", text: `    # ${"x".repeat(COLUMNS_MAX)}\n` },
    { path: "config/wide.yaml", text: `  # ${"x".repeat(COLUMNS_MAX)}\n` },
    { path: "docs/wide.md", text: `\`\`\`diff src/a.ts\n+// ${"x".repeat(COLUMNS_MAX - 2)}\n\`\`\`\n` },
  ],
  decent: [
    { path: "src/app/fits.ts", text: `// ${"·".repeat(COLUMNS_MAX - 3)}\n` },
    { path: "docs/prose.md", text: `${"x".repeat(200)}\n\`\`\`diff src/a.ts\n+${"x".repeat(COLUMNS_MAX)}\n\`\`\`\n` },
    { path: "test/app/title.test.ts", text: `  it(\`\${what} ${"x".repeat(COLUMNS_MAX)}\`, () => {\n` },
    { path: "test/app/recorded.test.ts", text: `const recorded = "${"x".repeat(200)}";\n` },
  ],
};

/** Functions that fit on a screen. */
export const functionLengths: Rule = {
  name: `functions have at most ${FUNCTION_LINES_MAX} lines, functions inside them counted apart`,
  find: (sources) =>
    sources
      .filter(({ path }) => isProduct(path))
      .flatMap((source) =>
        functionsOf(source)
          .filter(({ ownLines }) => ownLines > FUNCTION_LINES_MAX)
          .map(({ name, from, ownLines }) => ({
            path: source.path,
            line: from,
            what: `${name} has ${ownLines} lines; at most ${FUNCTION_LINES_MAX}`,
          })),
      ),
  planted: [
    { path: "src/app/a.ts", text: `export function long(): { a: number } {\n${"  step();\n".repeat(90)}}\n` },
    {
      path: "src/app/b.ts",
      text: `const long = async (x: string): Promise<void> => {\n${"  step();\n".repeat(90)}};\n`,
    },
    {
      path: "src/app/c.ts",
      text: `class Long {\n  run(x: { a: string }): Promise<{ b: string }> {\n${"    step();\n".repeat(90)}  }\n}\n`,
    },
  ],
  decent: [
    { path: "src/app/d.ts", text: `export function short(): void {\n${"  step();\n".repeat(88)}}\n` },
    {
      path: "src/app/e.ts",
      text: `export function factory() {\n  return {\n    run() {\n${"  step();\n".repeat(50)}    },\n    stop() {\n${"  step();\n".repeat(50)}    },\n  };\n}\n`,
    },
  ],
};

/** A port says what the domain needs, in a few methods. */
export const smallPorts: Rule = {
  name: `a port has at most ${PORT_METHODS_MAX} methods`,
  find: (sources) =>
    sources
      .filter(({ path }) => isIn(path, "src/ports") && isTypeScript(path))
      .flatMap(interfacesOf)
      .filter(({ methods }) => methods > PORT_METHODS_MAX)
      .map(({ path, line, name, methods }) => ({
        path,
        line,
        what: `${name} has ${methods} methods; at most ${PORT_METHODS_MAX}`,
      })),
  planted: [
    {
      path: "src/ports/fat.ts",
      text: `export interface Fat {\n${Array.from({ length: 9 }, (_, i) => `  step${i}(x: { a: string }): void;\n`).join("")}}\n`,
    },
  ],
  decent: [
    {
      path: "src/ports/slim.ts",
      text: `export interface Slim {\n${Array.from({ length: 8 }, (_, i) => `  step${i}(x: () => void): void;\n`).join("")}  readonly id: string;\n}\n`,
    },
  ],
};

function interfacesOf(source: Source): (Violation & { readonly name: string; readonly methods: number })[] {
  const code = codeOf(source);
  return [...code.matchAll(/\binterface\s+(\w+)[^{]*\{/g)].map((match) => {
    const open = match.index + match[0].length - 1;
    const body = code.slice(open + 1, matching(code, open));
    let methods = 0;
    for (let i = 0; i < body.length; i += 1) {
      if (/[([{]/.test(body[i] as string)) {
        if (body[i] === "(" && /[\w$]\??\s*(?:<[^;]*>)?\s*$/.test(body.slice(0, i).split(/[;\n]/).at(-1) ?? ""))
          methods += 1;
        i = matching(body, i);
      }
    }
    return { path: source.path, line: lineAt(code, match.index), what: "", name: match[1] as string, methods };
  });
}

/** Names that say it all with their types: operators and constructors of units. */
const SELF_EXPLAINING = /^src\/domain\/units\/(?:money|rational)\.ts (?:usdE8|energyWh|plus|minus|times|sum)$/;

/** What it does, its units and shapes, what it throws, and the source of the rule. */
export const docComments: Rule = {
  name: "every exported function has a doc comment",
  find: (sources) =>
    sources
      .filter(({ path }) => isTypeScript(path) && isIn(path, "src", "workflows", "activities"))
      .flatMap((source) => {
        const code = codeOf(source);
        const raw = source.text.split("\n");
        const heads =
          /^export\s+(?:default\s+)?(?:async\s+)?function\s*\*?\s*(\w+)|^export\s+const\s+(\w+)(?:\s*:[^=\n]*)?\s*=\s*(?:async\s*)?(?:<[^>\n]*>\s*)?\([^=]*=>/gm;
        return [...code.matchAll(heads)].flatMap((match) => {
          const name = (match[1] ?? match[2]) as string;
          const line = lineAt(code, match.index);
          const before = raw
            .slice(0, line - 1)
            .join("\n")
            .trimEnd();
          const overload = new RegExp(`export\\s+(?:async\\s+)?function\\s+${name}\\b[^{]*;$`).test(before);
          if (before.endsWith("*/") || overload || SELF_EXPLAINING.test(`${source.path} ${name}`)) return [];
          return [{ path: source.path, line, what: `${name} has no doc comment` }];
        });
      }),
  planted: [
    { path: "src/domain/market/a.ts", text: "export function normalize(row: string): string {\n  return row;\n}\n" },
    { path: "activities/a.ts", text: "// not a doc comment\nexport async function run(): Promise<void> {}\n" },
    { path: "src/app/a.ts", text: "export const twice = (x: number): number => 2 * x;\n" },
  ],
  decent: [
    {
      path: "src/domain/market/b.ts",
      text: "/** Text of a row. */\nexport function normalize(row: string): string {\n  return inner(row);\n}\nfunction inner(row: string) {\n  return row;\n}\n",
    },
  ],
};

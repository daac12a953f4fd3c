import { dirname, resolve } from "node:path";
import type { z } from "zod";
import { crossFindings } from "./crossChecks.ts";
import type { Finding, SiteCheck } from "./finding.ts";
import { jsonSchemaOf } from "./jsonSchema.ts";
import { marketFindings } from "./marketConstants.ts";
import { otherForm } from "./otherForm.ts";
import { ConfigError } from "./problem.ts";
import type { ConfigProblem } from "./problem.ts";
import type { SiteFile } from "./schema/config.ts";
import { marketSchema } from "./schema/market.ts";
import type { MarketConstants } from "./schema/market.ts";
import { shapeFindings } from "./shape.ts";
import { readYaml, UNREADABLE, type YamlFile } from "./yamlFile.ts";

/** A site's configuration, checked, with the market constants that its `market` key names. */
export type Loaded<Site extends SiteFile = SiteFile> = Site & {
  /** Absolute path of the file it was read from; relative paths in it are relative to its folder. */
  readonly file: string;
  readonly constants: MarketConstants;
};

const PROBLEMS_MAX = 100;

/** `problems` have warnings among them; with a value they have nothing else. */
type Checked<T> = { readonly value?: T; readonly problems: readonly ConfigProblem[] };

/**
 * Reads and checks a site's configuration and the market constants it names. `schema`: the shape of a site's file, with
 * what stands in registries. @throws ConfigError listing every problem found.
 */
export function loadConfig<Site extends SiteFile>(
  path: string,
  schema: z.ZodType<Site>,
  alsoCheck?: SiteCheck<Site>,
): Loaded<Site> {
  const { value, problems } = read(resolve(path), schema, alsoCheck);
  if (value === undefined) throw new ConfigError(problems.filter(isError));
  return value;
}

/**
 * Checks a site's configuration without using it: every problem with file, line, column, key, and what was expected;
 * and what is hardly meant, though a site can run with it.
 */
export function checkConfig<Site extends SiteFile>(
  path: string,
  schema: z.ZodType<Site>,
  alsoCheck?: SiteCheck<Site>,
): { ok: boolean; problems: readonly ConfigProblem[]; warnings: readonly ConfigProblem[] } {
  const found = read(resolve(path), schema, alsoCheck).problems;
  const problems = found.filter(isError);
  return { ok: problems.length === 0, problems, warnings: found.filter((one) => !isError(one)) };
}

/** Reads and checks a file of market constants. @throws ConfigError listing every problem found. */
export function loadMarketConstants(path: string): MarketConstants {
  const { value, problems } = readChecked(resolve(path), marketSchema, marketFindings);
  if (value === undefined) throw new ConfigError(problems);
  return value;
}

function read<Site extends SiteFile>(
  file: string,
  schema: z.ZodType<Site>,
  alsoCheck: SiteCheck<Site> = () => [],
): Checked<Loaded<Site>> {
  const site = readChecked(file, schema, (value) => [...crossFindings(value), ...alsoCheck(value)]);
  if (site.value === undefined) return { problems: site.problems };
  const marketFile = resolve(dirname(file), site.value.market);
  const unread = readYaml(marketFile).problems.find(({ message }) => message.startsWith(UNREADABLE));
  if (unread !== undefined) {
    const { message, expected } = unread;
    const named = { path: ["market"], message: `is ${site.value.market}, which ${message}`, expected };
    return { problems: inOrder([...site.problems, readYaml(file).place(named)]) };
  }
  const market = readChecked(marketFile, marketSchema, marketFindings);
  if (market.value === undefined) return { problems: [...site.problems, ...market.problems] };
  return { value: { ...site.value, file, constants: market.value }, problems: site.problems };
}

function readChecked<T>(file: string, schema: z.ZodType<T>, findings: (value: T) => Finding[]): Checked<T> {
  const yaml = readYaml(file);
  if (yaml.problems.length > 0) return { problems: yaml.problems };
  const parsed = schema.safeParse(yaml.value);
  if (!parsed.success) {
    const other = otherForm(yaml.value, schema);
    if (other !== undefined) return { problems: [yaml.place(other)] };
    return { problems: shapeProblems(shapeFindings(parsed.error.issues, yaml.value, jsonSchemaOf(schema)), yaml) };
  }
  const problems = inOrder(findings(parsed.data).map(yaml.place));
  return problems.some(isError) ? { problems } : { value: parsed.data, problems };
}

/** The first of many: whoever mends those looks again. */
function shapeProblems(findings: readonly Finding[], yaml: YamlFile): ConfigProblem[] {
  const shown = inOrder(findings.slice(0, PROBLEMS_MAX).map(yaml.place));
  const rest = findings.length - shown.length;
  if (rest === 0) return shown;
  const more = { path: [], message: `has ${rest} more problems`, expected: "the ones above to be fixed first" };
  return [...shown, yaml.place(more)];
}

function isError({ isWarning }: ConfigProblem): boolean {
  return isWarning !== true;
}

function inOrder(problems: readonly ConfigProblem[]): ConfigProblem[] {
  return problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
}

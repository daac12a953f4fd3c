import { dirname, resolve } from "node:path";
import type { z } from "zod";
import { withContracts } from "./contractFiles.ts";
import { crossFindings } from "./crossChecks.ts";
import { finding, type SiteCheck } from "./finding.ts";
import { marketFindings } from "./marketConstants.ts";
import { ConfigError, inOrder } from "./problem.ts";
import type { ConfigProblem } from "./problem.ts";
import { readShape } from "./readShape.ts";
import type { SiteFile } from "./schema/config.ts";
import { marketSchema } from "./schema/market.ts";
import type { MarketConstants } from "./schema/market.ts";
import { UNREADABLE } from "./yamlFile.ts";

/** A site's configuration, checked, with the market constants that its `market` key names. */
export type Loaded<Site extends SiteFile = SiteFile> = Site & {
  /** Absolute path of the file it was read from; relative paths in it are relative to its folder. */
  readonly file: string;
  readonly constants: MarketConstants;
};

/** `problems` have warnings among them; with a value they have nothing else. */
type Checked<T> = { readonly value?: T; readonly problems: readonly ConfigProblem[] };

/**
 * Reads and checks a site's configuration and the market constants it names. `schema`: the shape of a site's file, with
 * what stands in registries; `siteId`: the site that it has to be of, where a book names it. @throws ConfigError
 * listing every problem found.
 */
export function loadConfig<Site extends SiteFile>(
  path: string,
  schema: z.ZodType<Site>,
  alsoCheck?: SiteCheck<Site>,
  siteId?: string,
): Loaded<Site> {
  const { value, problems } = read(resolve(path), schema, alsoCheck, siteId);
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
  siteId?: string,
): { ok: boolean; problems: readonly ConfigProblem[]; warnings: readonly ConfigProblem[] } {
  const found = read(resolve(path), schema, alsoCheck, siteId).problems;
  const problems = found.filter(isError);
  return { ok: problems.length === 0, problems, warnings: found.filter((one) => !isError(one)) };
}

/** Reads and checks a file of market constants. @throws ConfigError listing every problem found. */
export function loadMarketConstants(path: string): MarketConstants {
  const { value, problems } = checkedMarket(readShape(resolve(path), marketSchema));
  if (value === undefined) throw new ConfigError(problems);
  return value;
}

function read<Site extends SiteFile>(
  file: string,
  schema: z.ZodType<Site>,
  alsoCheck: SiteCheck<Site> = () => [],
  siteId?: string,
): Checked<Loaded<Site>> {
  const written = readShape(file, schema);
  if (!("value" in written)) return { problems: written.problems };
  const named = written.value.site.siteId;
  // what else is wrong with it may follow from this
  if (siteId !== undefined && named !== siteId)
    return {
      problems: [written.yaml.place(finding(["site", "siteId"], `is ${named}`, `${siteId}, as the book says`))],
    };
  const { site, place, problems } = withContracts(written);
  if (problems.length > 0) return { problems: inOrder(problems) };
  const found = inOrder([...crossFindings(site), ...alsoCheck(site)].map(place));
  if (found.some(isError)) return { problems: found };
  const market = readShape(resolve(dirname(file), site.market), marketSchema);
  const unread = market.problems.find(({ message }) => message.startsWith(UNREADABLE));
  if (unread !== undefined) {
    const { message, expected } = unread;
    const named = { path: ["market"], message: `is ${site.market}, which ${message}`, expected };
    return { problems: inOrder([...found, written.yaml.place(named)]) };
  }
  const constants = checkedMarket(market);
  if (constants.value === undefined) return { problems: [...found, ...constants.problems] };
  if (site.policy.coincidentPeak !== undefined && constants.value.coincidentPeaks === undefined) {
    const message = `has no coincidentPeaks, by which policy.coincidentPeak goes: ${site.market}`;
    const lacking = finding(["market"], message, "rows of them, as config/market/ercot.yaml has");
    return { problems: inOrder([...found, written.yaml.place(lacking)]) };
  }
  return { value: { ...site, file, constants: constants.value }, problems: found };
}

function checkedMarket(market: ReturnType<typeof readShape<MarketConstants>>): Checked<MarketConstants> {
  if (!("value" in market)) return { problems: market.problems };
  const problems = inOrder(marketFindings(market.value).map(market.yaml.place));
  return problems.length > 0 ? { problems } : { value: market.value, problems };
}

function isError({ isWarning }: ConfigProblem): boolean {
  return isWarning !== true;
}

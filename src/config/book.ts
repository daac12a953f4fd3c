import { statSync } from "node:fs";
import { join, resolve } from "node:path";
import type { z } from "zod";
import { duplicates, finding, type Finding } from "./finding.ts";
import { ConfigError, type ConfigProblem } from "./problem.ts";
import { readShape } from "./readShape.ts";
import type { bookSchema } from "./schema/book.ts";

/** What the head of a book names: one file a site, and who may ask. */
export interface BookFiles<Role> {
  readonly bookId: string;
  readonly sites: readonly SiteFileOfBook[];
  /** Absent where the book says nothing of it. */
  readonly operators?: readonly OperatorOfBook<Role>[];
  /** Where old documents go, an absolute path, and when. */
  readonly archive?: { readonly folder: string; readonly at: string };
}

/** Who may ask, and for which sites; for every one where none is named. */
export interface OperatorOfBook<Role> {
  readonly actor: string;
  readonly roles: readonly Role[];
  readonly sites?: readonly string[];
  readonly vouches?: true;
}

export interface SiteFileOfBook {
  /** As the head of the book says. */
  readonly siteId: string;
  readonly file: string;
}

const HEAD = "book.yaml";

/** Whether a path names a book, a folder, and not a single site's file. */
export function isBook(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/**
 * The sites of a book, in the order of its head. Nothing of a site's file is looked at yet.
 * @throws ConfigError for a folder without a usable `book.yaml`, or without a site
 */
export function readBook<Role>(folder: string, schema: z.ZodType<BookHead<Role>>): BookFiles<Role> {
  const head = readShape(join(resolve(folder), HEAD), schema);
  if (!("value" in head)) throw new ConfigError(head.problems);
  const { bookId, sites, operators, archive } = head.value;
  const problems = operatorFindings(operators ?? [], Object.keys(sites)).map(head.yaml.place);
  if (problems.length > 0) throw new ConfigError(problems);
  return {
    bookId,
    sites: Object.entries(sites).map(([siteId, file]) => ({ siteId, file: resolve(folder, file) })),
    operators,
    archive: archive && { ...archive, folder: resolve(folder, archive.folder) },
  };
}

type BookHead<Role> = z.infer<ReturnType<typeof bookSchema<Role>>>;

function operatorFindings(operators: readonly OperatorOfBook<unknown>[], known: readonly string[]): Finding[] {
  return [
    ...duplicates(
      operators.map(({ actor }, index) => ({ id: actor, path: ["operators", index, "actor"] })),
      "operator",
    ),
    ...operators.flatMap(({ sites = [] }, index) =>
      sites.flatMap((siteId, position) =>
        known.includes(siteId)
          ? []
          : [
              finding(
                ["operators", index, "sites", position],
                `is "${siteId}", not a site of this book`,
                `one of ${known.join(", ")}`,
              ),
            ],
      ),
    ),
  ];
}

/** What the book knows of one of its sites once its file is read. */
export interface SiteInBook {
  readonly siteId: string;
  readonly contractIds: readonly string[];
  /** Addresses at which it commands and reads: `127.20.1.1:4028`, `127.20.0.1:1502 unit 1`. */
  readonly addresses: ReadonlySet<string>;
  /** Its feeds by id, each with where and with what it is read: one that sites share is read once. */
  readonly feeds: readonly { readonly feedId: string; readonly read: string }[];
}

/**
 * Why a site cannot stand in a book beside the sites before it; undefined when it can. Two sites that command one
 * machine would fight over it, and a statement is known by its contract.
 */
export function besideOthers(
  file: SiteFileOfBook,
  site: SiteInBook,
  before: readonly SiteInBook[],
): ConfigProblem | undefined {
  const problem = (message: string, expected: string): ConfigProblem => ({
    file: file.file,
    line: 1,
    column: 1,
    key: "",
    message,
    expected,
  });
  const clash = clashWith(site, before);
  return clash === undefined ? undefined : problem(clash.message, clash.expected);
}

/** What a site may not have in common with others, and has; undefined where nothing is. */
export function clashWith(
  site: SiteInBook,
  others: readonly SiteInBook[],
): Pick<ConfigProblem, "message" | "expected"> | undefined {
  for (const other of others) {
    const contract = site.contractIds.find((one) => other.contractIds.includes(one));
    if (contract !== undefined)
      return {
        message: `has contract ${contract}, which site ${other.siteId} has too`,
        expected: "each contract at one site",
      };
    const address = [...site.addresses].find((one) => other.addresses.has(one));
    if (address !== undefined)
      return {
        message: `has a machine or meter at ${address}, where site ${other.siteId} has one`,
        expected: "each address once",
      };
    for (const { feedId, read } of site.feeds) {
      const shared = other.feeds.find((one) => one.feedId === feedId);
      if (shared !== undefined && shared.read !== read)
        return {
          message: `reads feed ${feedId} as ${read}, and site ${other.siteId} as ${shared.read}`,
          expected: "one address for a feed that sites share, or a route of another name",
        };
    }
  }
  return undefined;
}

import { z } from "zod";
import type { BitcoinNetworkObservation } from "../../domain/inputs/bitcoinNetwork.ts";
import { networkProblem } from "../../domain/market/networkProblem.ts";
import { addSeconds, type Instant, msOfInstant, parseInstant, UnitError } from "../../domain/units/instant.ts";
import { instantOfEpoch, outsideInstantProblem } from "../../domain/units/outsideInstant.ts";
import { foreignValueText, parseForeignJson } from "../../domain/units/foreignText.ts";
import { PortDataError } from "../../ports/errors.ts";
import type { FeedSource, SettingProblem } from "../../ports/feedSource.ts";
import type { RawDocument } from "../../ports/marketFeed.ts";
import { nextPeriod, pollEverySeconds } from "./polls.ts";

/** Settings of every source that is asked over HTTP. */
export const liveSettings = {
  baseUrl: z.url({ protocol: /^https?$/ }).meta({ description: "Address without path, user, password or query" }),
  pollEverySeconds,
  silentAfterSeconds: z
    .int()
    .min(60)
    .max(864_000)
    .meta({ description: "Age of what it said last at which it counts no more, seconds; 3600 when absent" })
    .optional(),
};

interface LiveSettings {
  readonly use: string;
  readonly baseUrl: string;
  readonly pollEverySeconds: number;
  readonly silentAfterSeconds?: number;
}

/** What one of these sources says of itself. */
interface Live<Settings extends LiveSettings> extends Pick<
  FeedSource<Settings>,
  "use" | "title" | "source" | "gives" | "read" | "usual"
> {
  /** One poll's answers as they came. @throws PortUnavailableError or PortDataError */
  ask(settings: Settings): Promise<readonly string[]>;
  /** What else its settings have against themselves. */
  problemsOf?(settings: Settings): readonly SettingProblem[];
}

const SILENT_AFTER_SECONDS = 3_600;
/** Polls of a period all fall on its mark: a few seconds later the others have gone. */
const OFFSET_SECONDS = 20;

/**
 * A source that is asked over HTTP: every poll is a document that keeps each answer as it came. Its address is its
 * identity, so a site may list several of one kind.
 */
export function liveSource<Settings extends LiveSettings>(live: Live<Settings>): FeedSource<Settings> {
  const { use, title, source, gives, read, usual, ask, problemsOf } = live;
  const identity = ({ baseUrl }: Settings): string => `${gives}/${use.split("/")[1]}/${new URL(baseUrl).host}`;
  const silentAfter = ({ silentAfterSeconds = SILENT_AFTER_SECONDS }: Settings, hashpriceSeconds: number): number =>
    Math.min(silentAfterSeconds, hashpriceSeconds);
  return {
    use,
    title,
    source,
    gives,
    role: "record",
    isOptional: true,
    usual,
    identity,
    read,
    open: (settings) => ({
      feedId: identity(settings),
      parse: (document, contentHash) => read(document, contentHash, settings),
      nextPollAt: (at) =>
        addSeconds(nextPeriod(addSeconds(at, -OFFSET_SECONDS), settings.pollEverySeconds), OFFSET_SECONDS),
      async poll(_cursor, fetchedAt) {
        const answers = await ask(settings);
        const documentId = `${new URL(settings.baseUrl).host}@${fetchedAt}`;
        const bytes = Buffer.from(JSON.stringify({ answers }));
        return {
          documents: [{ source, documentId, fetchedAt, contentType: "application/json", bytes }],
          cursor: fetchedAt,
        };
      },
    }),
    silentAfterSeconds: ({ hashpriceSeconds }, settings) => silentAfter(settings, hashpriceSeconds),
    problems: (settings, { staleness }) => {
      const limit = silentAfter(settings, staleness.hashpriceSeconds);
      return [
        ...addressProblems(settings.baseUrl),
        ...(limit >= settings.pollEverySeconds
          ? []
          : [
              {
                in: "feed" as const,
                path: ["pollEverySeconds"],
                message: `is ${settings.pollEverySeconds}: what it said is too old after ${limit} s`,
                expected: `at most ${limit} s, or a longer silentAfterSeconds and staleness.hashpriceSeconds`,
              },
            ]),
        ...(problemsOf?.(settings) ?? []),
      ];
    },
    describe: ({ baseUrl }) => `${gives === "btc-price" ? "price of bitcoin" : "Bitcoin network"} ${baseUrl}`,
  };
}

function addressProblems(baseUrl: string): SettingProblem[] {
  const { username, password, search, hash, pathname } = new URL(baseUrl);
  const isPlain = [username, password, search, hash].every((part) => part === "");
  if (isPlain && pathname === "/") return [];
  return [
    {
      in: "feed",
      path: ["baseUrl"],
      message: isPlain ? `has the path ${pathname}` : "has a user, a password, a query or a fragment",
      expected: "a plain address without a path; credentials have keys of their own",
    },
  ];
}

/** An address below the source's own. */
export function under(baseUrl: string, path: string): string {
  return `${baseUrl.replace(/\/+$/, "")}${path}`;
}

const ANSWERS = z.object({ answers: z.array(z.string()).min(1) });

/** The answers of a kept document, each by its shape. @throws PortDataError naming the answer and what was expected */
export function answersOf<const Shapes extends readonly z.ZodType[]>(
  { bytes, source, documentId }: RawDocument,
  shapes: Shapes,
): { readonly [At in keyof Shapes]: z.infer<Shapes[At]> } {
  const where = `${source} document ${documentId}`;
  const kept = ANSWERS.safeParse(ownJson(bytes));
  if (!kept.success || kept.data.answers.length !== shapes.length)
    throw new PortDataError(`${where}: expected ${shapes.length} answers`);
  return shapes.map((shape, at) => {
    const name = `${where}, answer ${at + 1}`;
    const answer = jsonOf(kept.data.answers[at] as string, name);
    const read = shape.safeParse(answer);
    if (read.success) return read.data;
    const [issue] = read.error.issues;
    throw new PortDataError(
      `${name}: ${issue?.path.join(".") || "the whole"}: ${issue?.message ?? "not as expected"}, found ` +
        foreignValueText(answer),
    );
  }) as { readonly [At in keyof Shapes]: z.infer<Shapes[At]> };
}

/** JSON of Ballast's own making; undefined for what is none. */
function ownJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    return undefined;
  }
}

/** JSON of one answer. @throws PortDataError when it is none */
export function jsonOf(text: string, where: string): unknown {
  try {
    return parseForeignJson(text);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new PortDataError(`${where}: expected JSON, found ${foreignValueText(text)}`, { cause });
  }
}

/** Bitcoin consensus lets the time of a block lie so far ahead of the clocks of those who take it. */
const BLOCK_AHEAD_SECONDS_MAX = 7_200;

/** Time in a block's header as a moment, never after the fetch. @throws PortDataError as `stampOf`, past two hours */
export function blockTimeOf(seconds: number, what: string, document: RawDocument): Instant {
  const ahead = seconds - msOfInstant(document.fetchedAt) / 1000;
  return ahead > 0 && ahead <= BLOCK_AHEAD_SECONDS_MAX ? document.fetchedAt : stampOf(seconds, what, document);
}

/** The one reading of a document. @throws PortDataError for one that cannot be of Bitcoin's main chain */
export function ofMainChain(reading: BitcoinNetworkObservation): BitcoinNetworkObservation[] {
  const problem = networkProblem(reading);
  if (problem === undefined) return [reading];
  throw new PortDataError(`${reading.source} document ${reading.documentId}: ${problem}`);
}

/**
 * The moment that a source stamps its value with, by seconds since 1970 or ISO-8601. Within two minutes of the fetch a
 * stamp ahead of it counts as of the fetch. @throws PortDataError for one further ahead, or none at all
 */
export function stampOf(value: string | number, what: string, { source, documentId, fetchedAt }: RawDocument): Instant {
  const where = `${source} document ${documentId}: ${what}`;
  try {
    // exchanges stamp to the microsecond
    const at =
      typeof value === "number" ? instantOfEpoch(value) : parseInstant(value.replace(/(\.\d{3})\d{1,6}/, "$1"));
    const problem = outsideInstantProblem(at, fetchedAt, Number.POSITIVE_INFINITY);
    if (problem !== undefined) throw new PortDataError(`${where}: ${problem}`);
    return at > fetchedAt ? fetchedAt : at;
  } catch (cause) {
    if (!(cause instanceof UnitError)) throw cause;
    throw new PortDataError(`${where}: ${cause.message}`, { cause });
  }
}

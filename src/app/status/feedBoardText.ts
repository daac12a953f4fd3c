import pc from "picocolors";
import { columnDriftText } from "../../domain/market/columnDrift.ts";
import { type Instant, secondsBetween } from "../../domain/units/instant.ts";
import type { DocumentMark, FailingPolls } from "../../domain/inputs/feedState.ts";
import type { SchemaChange } from "../../ports/feedRecords.ts";
import type { FeedBoard, FeedNow, FeedWordNow } from "../../readModels/feedBoard.ts";
import { ageText, centralTime } from "../timeText.ts";
import { wrapText } from "../wrapText.ts";

const STATE_COLUMNS = 10;
const COLORS: Readonly<Record<FeedWordNow, (text: string) => string>> = {
  fresh: pc.green,
  waiting: pc.dim,
  late: pc.yellow,
  silent: pc.red,
  failing: pc.red,
  unpolled: pc.red,
};
/** A changed header is shown for a week. */
const SCHEMA_SHOWN_SECONDS = 7 * 86_400;

interface TextWidth {
  /** Characters of a line. */
  readonly columns: number;
}

/** The feeds for a person: one word each at the left edge, and what it rests on beside it. */
export function feedBoardText(board: FeedBoard, width: TextWidth): string {
  const { at, feeds, notRead, silentOfRecord } = board;
  const counts = Map.groupBy(feeds, ({ state }) => state);
  const counted = (Object.keys(COLORS) as FeedWordNow[]).flatMap((word) => {
    const count = counts.get(word)?.length;
    return count === undefined ? [] : [COLORS[word](`${count} ${word}`)];
  });
  const lines = [
    ...feeds.flatMap((feed) => feedLines(feed, at)),
    ...notRead.map(({ siteId, use, why }) => line("not read", pc.dim, `${use} at ${siteId}: ${why}`)),
  ];
  const silence =
    silentOfRecord.length === 0 ? [] : ["", pc.red(`Silent, and of record: ${silentOfRecord.join(", ")}`)];
  return [`Feeds at ${centralTime(at)} Central: ${counted.join(", ")}`, "", ...lines, ...silence]
    .map((text) => `${wrapText(text, width.columns, STATE_COLUMNS)}\n`)
    .join("");
}

function feedLines(feed: FeedNow, at: Instant): string[] {
  const { state, feedId, isSilent, lastDocument, failing, polledAt, nextPollAt, schemaChanges } = feed;
  const said = feed.ageSeconds === undefined ? "never said anything" : `said ${ageText(feed.ageSeconds)} ago`;
  const also = isSilent && state !== "silent" ? ", silent" : "";
  const change = schemaChanges.at(-1);
  const isShown = change !== undefined && secondsBetween(change.fetchedAt, at) <= SCHEMA_SHOWN_SECONDS;
  const isLeft = state === "unpolled" && polledAt !== undefined && nextPollAt !== undefined;
  return [
    line(state, COLORS[state], `${pc.bold(feedId)}  ${said}${also}; ${pollText(feed, at)}`),
    ...(lastDocument === undefined ? [] : [line("", pc.dim, documentText(lastDocument, at))]),
    ...(failing === undefined ? [] : [line("", pc.red, failingText(failing, at))]),
    ...routesDown(feed).map(([route, down]) => line("", pc.yellow, `route ${route}: ${failingText(down, at)}`)),
    ...(state === "waiting" ? [line("", pc.dim, `due ${feed.daily?.from} to ${feed.daily?.until} Central`)] : []),
    ...(isLeft ? [line("", pc.red, `nobody polls it since ${centralTime(polledAt, at)}: is a worker running?`)] : []),
    ...(isShown ? [line("", pc.yellow, changeText(change, at))] : []),
  ];
}

function documentText({ source, documentId, publishedAt, fetchedAt }: DocumentMark, at: Instant): string {
  const published = publishedAt === undefined ? "" : `, published ${centralTime(publishedAt, at)}`;
  return `${source} document ${documentId}${published}, fetched ${centralTime(fetchedAt, at)}`;
}

/** Routes that fail while the feed itself is answered: another carries on. */
function routesDown({ failing, routes = {} }: FeedNow): [string, FailingPolls][] {
  if (failing !== undefined) return [];
  return Object.entries(routes).flatMap(([route, state]) =>
    state.failing === undefined ? [] : [[route, state.failing] as [string, FailingPolls]],
  );
}

function failingText({ since, polls, problem }: FailingPolls, at: Instant): string {
  return `no answer since ${centralTime(since, at)}, ${polls} ${polls === 1 ? "poll" : "polls"}: ${problem}`;
}

function changeText(change: SchemaChange, at: Instant): string {
  return (
    `SCHEMA_CHANGED ${centralTime(change.fetchedAt, at)}, document ${change.documentId}: ` + columnDriftText(change)
  );
}

function pollText({ polledAt, nextPollAt }: FeedNow, at: Instant): string {
  if (polledAt === undefined) return "not polled yet";
  if (nextPollAt === undefined) return `polled ${centralTime(polledAt, at)}`;
  const seconds = secondsBetween(at, nextPollAt);
  return seconds <= 0 ? "poll due" : `next poll in ${ageText(seconds)}`;
}

function line(word: string, color: (text: string) => string, text: string): string {
  return `${color(word)}${" ".repeat(STATE_COLUMNS - word.length)}${text}`;
}

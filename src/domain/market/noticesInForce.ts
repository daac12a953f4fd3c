import { cleanText } from "../units/foreignText.ts";
import { addSeconds, type Instant } from "../units/instant.ts";
import { isEmergency, isWorse } from "./gridLevels.ts";
import type { GridLevel } from "./model.ts";
import { type Ending, type MessageWords, readMessage } from "./readMessage.ts";

/** One row of ERCOT's operations messages. */
export interface OperationsMessage extends MessageWords {
  /** SHA-256 of date, type and notice as published. */
  readonly key: string;
  readonly postedAt: Instant;
  /** Column Status: Active or Cancelled. */
  readonly status: string;
}

/** A notice in force. */
export interface GridNotice {
  readonly key: string;
  /** What it is, e.g. `EEA 2`. */
  readonly names: string;
  /** Grid level that it says; absent where it says none. */
  readonly level?: GridLevel;
  /** Beginning of its words, as published. */
  readonly summary: string;
  readonly postedAt: Instant;
  /** When it counts no more; absent where only its end ends it. */
  readonly until?: Instant;
}

/** What a page of messages says together. */
export interface NoticesRead {
  /** Oldest first; of too many the gravest. */
  readonly inForce: readonly GridNotice[];
  /** Messages that a person should read, posted within a day of the newest one. */
  readonly forPerson: readonly OperationsMessage[];
}

/** Below EEA 1 ERCOT does not always end what it announces: such a notice counts for a day. */
const BELOW_EMERGENCY_SECONDS = 86_400;
const DAY_SECONDS = 86_400;
/** No page has ever had as many in force. */
const NOTICES_MAX = 20;
const SUMMARY_CHARS = 200;

/**
 * The notices in force by a page of messages, oldest first. A message whose status is Cancelled is not in force; one
 * that cancels, terminates or moves ends those before it that it names. A higher EEA level takes the place of a lower
 * one. Of one time, what ends follows what declares. Two rows of one key are one. Ballast's own rule. Pure.
 */
export function noticesInForce(messages: readonly OperationsMessage[]): NoticesRead {
  const rows = [...new Map(messages.map((message) => [message.key, message])).values()].map((message) => ({
    message,
    reading: readMessage(message),
  }));
  const ordered = rows.toSorted(
    (a, b) =>
      compare(a.message.postedAt, b.message.postedAt) ||
      Number(a.reading.ends.length > 0) - Number(b.reading.ends.length > 0),
  );
  const newest = ordered.at(-1)?.message.postedAt;
  let standing: readonly Standing[] = [];
  for (const { message, reading } of ordered) {
    standing = standing.filter((one) => !reading.ends.some((ending) => isEnded(one, ending)));
    if (reading.declares === undefined || isCancelled(message)) continue;
    const notice = noticeOf(message, reading.declares);
    standing = [...standing.filter(({ notice: lower }) => !takesPlace(notice, lower)), { notice, message }];
  }
  return {
    inForce: gravest(standing.map(({ notice }) => notice)),
    forPerson: ordered
      .filter(({ reading, message }) => reading.isForPerson && !isCancelled(message))
      .map(({ message }) => message)
      .filter(({ postedAt }) => newest !== undefined && addSeconds(postedAt, DAY_SECONDS) >= newest)
      .slice(-NOTICES_MAX),
  };
}

interface Standing {
  readonly notice: GridNotice;
  readonly message: OperationsMessage;
}

function noticeOf(
  { key, summary, postedAt }: OperationsMessage,
  { names, level }: { readonly names: string; readonly level?: GridLevel },
): GridNotice {
  const isOpen = level !== undefined && isEmergency(level);
  return {
    key,
    names,
    ...(level === undefined ? {} : { level }),
    summary: cleanText(summary, SUMMARY_CHARS),
    postedAt,
    ...(isOpen ? {} : { until: addSeconds(postedAt, BELOW_EMERGENCY_SECONDS) }),
  };
}

function gravest(notices: readonly GridNotice[]): readonly GridNotice[] {
  if (notices.length <= NOTICES_MAX) return notices;
  const kept = new Set(
    notices
      .toSorted((a, b) => isWorseBy(b, a) - isWorseBy(a, b) || compare(b.postedAt, a.postedAt))
      .slice(0, NOTICES_MAX),
  );
  return notices.filter((notice) => kept.has(notice));
}

function isWorseBy(a: GridNotice, b: GridNotice): number {
  return Number(isWorse(a.level ?? "unknown", b.level ?? "unknown"));
}

function isCancelled({ status }: OperationsMessage): boolean {
  return /cancel/i.test(status);
}

/** A quoted notice is the one with those words; where none has them, those that say the same. */
function isEnded({ notice, message }: Standing, ending: Ending): boolean {
  if (ending.of === "all") return notice.level !== undefined;
  if (ending.of === "above") return notice.level !== undefined && isWorse(notice.level, ending.level);
  if (ending.of === "named") return isNamed(notice, ending.names);
  const [own, quoted] = [plain(message.summary), plain(ending.text)];
  if (quoted !== "" && (own.includes(quoted) || quoted.includes(own))) return true;
  const says = readMessage({ type: "", summary: ending.text }).declares;
  return says !== undefined && isNamed(notice, says.names);
}

/** An energy emergency without a number is any of them; firm load is shed in the highest. */
function isNamed({ names }: GridNotice, ended: string): boolean {
  if (names === ended) return true;
  if (names === "load shed") return ended === "EEA 3" || ended === "energy emergency";
  return ended === "energy emergency" && isEea(names);
}

function takesPlace(notice: GridNotice, before: GridNotice): boolean {
  if (notice.level === undefined || before.level === undefined) return false;
  return isEea(notice.names) && isEea(before.names) && !isWorse(before.level, notice.level);
}

function isEea(names: string): boolean {
  return names.startsWith("EEA") || names === "energy emergency";
}

function plain(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, " ")
    .trim();
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

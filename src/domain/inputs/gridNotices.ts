import type { Provenance } from "../market/model.ts";
import type { GridNotice, OperationsMessage } from "../market/noticesInForce.ts";
import { cleanText } from "../units/foreignText.ts";
import type { Instant } from "../units/instant.ts";
import { sameValue } from "../units/sameValue.ts";
import { instant, listOf, name, object, optional, text } from "./checks.ts";
import { GRID_LEVEL } from "./gridKnown.ts";
import type { MarketFact } from "./marketFact.ts";
import { GRID_NOTICES, type KnownNotices } from "./noticesKnown.ts";
import { PROVENANCE, type ToldProvenance } from "./provenance.ts";
import type { Told } from "./told.ts";

/** A message that a person should read. */
export interface MessageForPerson extends Pick<OperationsMessage, "key" | "postedAt" | "type"> {
  /** Beginning of its words. */
  readonly summary: string;
}

/** What ERCOT's page of operations messages says of the grid. */
export interface GridNoticesObservation extends Provenance {
  readonly kind: typeof GRID_NOTICES;
  readonly inForce: readonly GridNotice[];
  readonly forPerson: readonly MessageForPerson[];
  /** The moment that the page speaks of. */
  readonly observedAt: Instant;
}

/** The notices in force as a site is told. */
export interface GridNoticesInput extends Told, ToldProvenance {
  readonly kind: typeof GRID_NOTICES;
  readonly inForce: readonly GridNotice[];
  readonly forPerson: readonly MessageForPerson[];
  /** When the page was read. */
  readonly readAt: Instant;
}

/** What the feed remembers between two polls. */
interface NoticesMemory {
  /** The sites were told of notices before: they are told that there are none. */
  readonly isTold: true;
}

/** Words of a message in a finding. */
const FINDING_CHARS = 200;

/** Notices of ERCOT's that are in force: told on change. They raise no level by themselves: see `gridBounds`. */
export const gridNotices: MarketFact<
  GridNoticesObservation,
  GridNoticesInput,
  KnownNotices,
  KnownNotices,
  KnownNotices,
  NoticesMemory
> = {
  kind: GRID_NOTICES,
  scope: "system",
  called: "grid notices",
  comparedAs: "text",
  standsUntilChanged: true,
  isWatched: true,
  messages: {
    [GRID_NOTICES]: {
      ...PROVENANCE,
      inForce: listOf(
        object({
          key: name,
          names: name,
          level: optional(GRID_LEVEL),
          summary: text,
          postedAt: instant,
          until: optional(instant),
        }),
      ),
      forPerson: listOf(object({ key: name, type: text, summary: text, postedAt: instant })),
      readAt: instant,
    },
  },
  columns: (observation) => ({ point: "", pointType: "", key: "in force", value: valueText(observation) }),
  saidAt: ({ observedAt }) => observedAt,
  hear: ({ kind, inForce, forPerson, fetchedAt, source, contentHash }, version, at, _rules, memory) => {
    const isNothingNew = memory === undefined && inForce.length === 0 && forPerson.length === 0;
    if (isNothingNew) return {};
    const id = `${kind}/${fetchedAt}/${version}`;
    return {
      memory: { isTold: true },
      input: { kind, id, at, inForce, forPerson, readAt: fetchedAt, source, contentHash },
      words: forPerson.map((message) => ({
        level: "error" as const,
        text: "an operations message is for a person to read",
        fields: { at, message: messageText(message) },
      })),
    };
  },
  says: (row, told) => sameValue(row.inForce, told.inForce) && sameValue(row.forPerson, told.forPerson),
  place: () => "in force",
  text: valueText,
  none: {},
  absorb({ gridNotices: known }, { inForce, forPerson, readAt }) {
    if (known !== undefined && readAt < known.readAt) return { patch: {}, relevant: false };
    const unread = forPerson.filter(({ key }) => known?.forPerson.includes(key) !== true);
    const problem = unread.map(messageText).join("; ");
    return {
      patch: { gridNotices: { inForce, forPerson: forPerson.map(({ key }) => key), readAt } },
      relevant: false,
      isHeard: true,
      ...(problem === "" ? {} : { problem: `ERCOT's operations messages are for a person to read: ${problem}` }),
    };
  },
  freeze: ({ gridNotices: known }) => (known === undefined ? {} : { gridNotices: known }),
  recovered(records) {
    const last = records.at(-1)?.gridNotices;
    return last === undefined ? {} : { gridNotices: last };
  },
};

/** The value that a change is told by, and a person reads. */
function valueText({ inForce, forPerson }: Pick<GridNoticesObservation, "inForce" | "forPerson">): string {
  const parts = [
    ...inForce.map(({ names, postedAt, key }) => `${names} of ${postedAt} (${key})`),
    ...forPerson.map(({ type, postedAt, key }) => `for a person: ${type} of ${postedAt} (${key})`),
  ];
  return parts.length === 0 ? "none" : parts.join(", ");
}

function messageText({ postedAt, type, summary }: MessageForPerson): string {
  return cleanText(`${postedAt} ${type}: ${summary}`, FINDING_CHARS);
}

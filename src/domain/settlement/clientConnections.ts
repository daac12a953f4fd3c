import { dayEnd } from "../market/calendar.ts";
import type { Instant } from "../units/instant.ts";
import type { DayFacts } from "./dayFacts.ts";

/** From when on a client belongs to the site, as meters and timeline tell. */
export interface ClientConnection {
  /** Earliest first read of its feeders; absent where one counts as there from the beginning. */
  readonly readSince?: Instant;
  /** Its first line in the timeline; absent when it has none until the day's end. */
  readonly machinesSince?: Instant;
  /** Last read of its feeders, where it left the site during the day. */
  readonly readUntil?: Instant;
  readonly dayEndsAt: Instant;
}

/**
 * When each client with a feeder came to the site, or left it. A client that is connected during a day is not missing
 * before: it was not there.
 */
export function clientConnections(
  facts: Pick<DayFacts, "operatingDay" | "meters" | "timeline">,
): ReadonlyMap<string, ClientConnection> {
  const dayEndsAt = dayEnd(facts.operatingDay);
  const ids = new Set(facts.meters.flatMap(({ clientId }) => clientId ?? []));
  return new Map(
    [...ids].map((clientId) => {
      const own = facts.meters.filter((meter) => meter.clientId === clientId);
      const read = own.map(({ readSince }) => readSince);
      const lines = facts.timeline.filter((line) => line.clientId === clientId).map(({ at }) => at);
      return [
        clientId,
        {
          readSince: read.includes(undefined) ? undefined : earliest(read.flatMap((at) => at ?? [])),
          machinesSince: earliest(lines),
          readUntil: earliest(own.flatMap(({ readUntil }) => readUntil ?? [])),
          dayEndsAt,
        },
      ];
    }),
  );
}

/**
 * Whether a client belongs to the site at the start of an interval. It does not while neither a feeder of it was read
 * nor a machine of it stood in the timeline; without machines, while its feeder is not read until the day's end. A
 * feeder that was exchanged leaves its client missing, not away. A client that left is there until its feeder was last
 * read.
 */
export function isConnected(connection: ClientConnection | undefined, startAt: Instant): boolean {
  if (connection?.readUntil !== undefined && connection.readUntil <= startAt) return false;
  if (connection?.readSince === undefined || connection.readSince <= startAt) return true;
  const { readSince, machinesSince, dayEndsAt } = connection;
  return machinesSince === undefined ? readSince <= dayEndsAt : machinesSince <= startAt;
}

function earliest(instants: readonly Instant[]): Instant | undefined {
  return instants.reduce<Instant | undefined>(
    (first, at) => (first === undefined || at < first ? at : first),
    undefined,
  );
}

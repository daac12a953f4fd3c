import type { IntervalKey } from "../market/model.ts";
import type { ClientId, MeterId } from "../units/ids.ts";
import type { Instant } from "../units/instant.ts";
import type { CohortChange } from "./curtailedSpans.ts";
import type { SettlementDayInput } from "./model.ts";

/** A meter whose register proves energy: the site's own, or one client's feeder. */
export interface SettledMeter {
  readonly meterId: MeterId;
  /** Absent for the site meter. */
  readonly clientId?: ClientId;
  /** The register starts again at 0 after this many Wh. */
  readonly rolloverWh: bigint;
  /** Most that it can count in a quarter hour, Wh; where it is not known a jump ahead cannot be told from energy. */
  readonly plausibleMaxWh?: bigint;
  /** First boundary at which it was ever read; absent where it counts as there from the beginning. */
  readonly readSince?: Instant;
  /** Last boundary at which it was read, of a client that left the site during the day. */
  readonly readUntil?: Instant;
}

/** What is known of one operating day, before it is put into intervals. */
export interface DayFacts extends Omit<SettlementDayInput, "schema" | "intervals" | "meters" | "cooling"> {
  readonly meters: readonly SettledMeter[];
  /** Settlement price as published ($/MWh decimal text) per interval key. */
  readonly prices: ReadonlyMap<
    IntervalKey,
    { readonly priceUsdPerMwh: string; readonly version: number; readonly contentHash: string }
  >;
  /** Register in Wh per meter and boundary instant. */
  readonly registers: ReadonlyMap<string, ReadonlyMap<Instant, bigint>>;
  /** Boundaries at which a meter may have been frozen, per meter, each with the boundary that found it so. */
  readonly frozen?: ReadonlyMap<string, ReadonlyMap<Instant, Instant>>;
  readonly timeline: readonly CohortChange[];
}

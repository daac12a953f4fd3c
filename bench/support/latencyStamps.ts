import { join } from "node:path";
import type { Instant } from "../../src/domain/units/instant.ts";

/** Where the measured worker notes its moments: in the data folder of its stack, beside its settings. */
export function latencyStampsIn(dataDir: string): string {
  return join(dataDir, "latency.jsonl");
}

/**
 * What the measured worker notes. `ms` is `nowMs()` of that process, so that differences do not depend on two clocks.
 */
export type LatencyStamp =
  /** The last byte of a SCED document is read from the socket; `fetchedAt` is the market time of the poll. */
  | {
      readonly kind: "fetched";
      readonly scedAt: Instant;
      readonly documentId: string;
      readonly fetchedAt: Instant;
      readonly ms: number;
    }
  /** Temporal has accepted the price for a site. */
  | { readonly kind: "told"; readonly siteId: string; readonly scedAt: Instant; readonly ms: number }
  /** The activity that records the decision begins. */
  | { readonly kind: "recording"; readonly siteId: string; readonly scedAt: Instant; readonly ms: number }
  /** PostgreSQL has confirmed the commit of the decision's transaction to the worker. */
  | {
      readonly kind: "committed";
      readonly siteId: string;
      readonly scedAt: Instant;
      readonly sequence: number;
      readonly ms: number;
    };

/** What the yardstick notes: signals of one round begin; one row is committed. */
export type BareStamp =
  | { readonly kind: "begun"; readonly round: number; readonly ms: number }
  | { readonly kind: "committed"; readonly round: number; readonly site: number; readonly ms: number };

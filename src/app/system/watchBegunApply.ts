import { setTimeout as delay } from "node:timers/promises";
import { postgresConfigurationOutcomes, whileApplyingAlone } from "../../adapters/postgres/configurationOutcomes.ts";
import type { Pool } from "../../adapters/postgres/pool.ts";
import { thrownText } from "../../domain/units/foreignText.ts";
import { concludeApply, hasBegunApply } from "./begunApply.ts";

const LOOK_EVERY_MS = 10_000;

/** Where a watch looks, whom it tells, and how long it lasts. */
export interface BegunApplyWatch {
  readonly dataDir: string;
  readonly siteIds: readonly string[];
  readonly pool: Pool;
  readonly say: (line: string) => void;
  readonly alarm: (problem: string) => void;
  readonly signal: AbortSignal;
  /** Ten seconds unless given. */
  readonly everyMs?: number;
}

/**
 * Concludes an apply that was cut off, until `signal` aborts: the worker would otherwise keep a configuration that the
 * site has not accepted. An apply that is under way is left to itself; what fails is tried again.
 */
export async function watchBegunApply(watch: BegunApplyWatch): Promise<void> {
  const { dataDir, siteIds, pool, say, alarm, signal, everyMs = LOOK_EVERY_MS } = watch;
  const outcomes = postgresConfigurationOutcomes(pool);
  while (!signal.aborted) {
    try {
      if (hasBegunApply(dataDir)) await whileApplyingAlone(pool, () => concludeApply(dataDir, siteIds, outcomes, say));
    } catch (error) {
      alarm(`an apply that was cut off cannot be concluded yet: ${thrownText(error)}`);
    }
    // an aborted wait ends the watch
    await delay(everyMs, undefined, { signal, ref: false }).catch(() => undefined);
  }
}

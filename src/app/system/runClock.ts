import { pacedMarketClock } from "../../adapters/clock/paced.ts";
import { realMarketClock } from "../../adapters/clock/real.ts";
import type { MarketClock } from "../../ports/marketClock.ts";
import type { RunFile } from "./system.ts";

/** A command asks an absent clock again for about a second, a worker for longer. */
const RETRY_AFTER_MS = [50, 200, 700];

/** Market clock of a run, for one command. Close it at the end. */
export function clockOfRun(run: Pick<RunFile, "clock">): MarketClock & { close(): void } {
  return run.clock.kind === "real"
    ? { ...realMarketClock(run.clock), close: () => {} }
    : pacedMarketClock({ url: run.clock.url, retryAfterMs: RETRY_AFTER_MS });
}

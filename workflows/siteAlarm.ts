import { CancellationScope, isCancellation, sleep } from "@temporalio/workflow";
import { type Instant, secondsBetween } from "../src/domain/units/instant.ts";
import type { RunClock } from "./contracts.ts";
import { marketNow } from "./marketNow.ts";

/**
 * The site's own timer. One long-lived timer is kept while it rings no later than needed, so that a quiet price does
 * not start a new one. A paced clock's keeper wakes the site instead.
 */
export class SiteAlarm {
  readonly #clock: RunClock;
  #set: { readonly at: Instant; readonly scope: CancellationScope; rang: boolean } | undefined;

  constructor(clock: RunClock) {
    this.#clock = clock;
  }

  /** Rings no later than `at`. */
  setTo(at: Instant): void {
    const now = this.#now();
    if (now === undefined || (this.#set !== undefined && this.#set.at <= at)) return;
    this.stop();
    const scope = new CancellationScope();
    const alarm = { at, scope, rang: false };
    this.#set = alarm;
    scope
      .run(async () => {
        await sleep(Math.max(1, secondsBetween(now, at) * 1000), { summary: "next look" });
        alarm.rang = true;
      })
      .catch((error: unknown) => {
        if (!isCancellation(error)) throw error;
      });
  }

  get hasRung(): boolean {
    return this.#set?.rang === true;
  }

  /** Takes back an alarm that has rung. Returns market time where that has reached `deadline`, which it was set to. */
  takeRing(deadline: Instant): Instant | undefined {
    if (!this.hasRung) return undefined;
    this.#set = undefined;
    const now = this.#now();
    return now !== undefined && now >= deadline ? now : undefined;
  }

  stop(): void {
    this.#set?.scope.cancel();
    this.#set = undefined;
  }

  /** Undefined on a paced clock, whose time only its keeper knows. */
  #now(): Instant | undefined {
    return this.#clock.kind === "real" ? marketNow(this.#clock) : undefined;
  }
}

import { CancellationScope, condition, isCancellation, sleep } from "@temporalio/workflow";
import type { SiteInput } from "../src/domain/decision/model.ts";
import { type Instant, secondsBetween } from "../src/domain/units/instant.ts";
import type { RealClock } from "../src/domain/units/marketTime.ts";
import type { RunClock } from "./contracts.ts";
import { marketNow } from "./marketNow.ts";

/** What waits for the site's loop. Handlers only put in; the loop alone takes out. */
export class SiteMailbox {
  readonly #clock: RunClock;
  #queue: SiteInput[];
  #alarm: { readonly at: Instant; readonly scope: CancellationScope; rang: boolean } | undefined;
  #handled = new Map<string, { sequence: number; sentence: string }>();
  parked = false;

  constructor(clock: RunClock, pending: readonly SiteInput[]) {
    this.#clock = clock;
    this.#queue = [...pending];
  }

  put(input: SiteInput): void {
    this.#queue.push(input);
  }

  get hasWork(): boolean {
    return this.#queue.length > 0;
  }

  takeAll(): SiteInput[] {
    const taken = this.#queue;
    this.#queue = [];
    return taken;
  }

  /**
   * Wait for input, or until market time `deadline`; then a wake lies in the mailbox. A paced clock sends that wake
   * itself.
   */
  async waitForWork(deadline: Instant): Promise<void> {
    this.parked = true;
    if (this.#clock.kind === "real") this.#setAlarm(this.#clock, deadline);
    await condition(() => this.hasWork || this.#alarm?.rang === true);
    this.parked = false;
    if (this.#clock.kind !== "real" || this.#alarm?.rang !== true) return;
    this.#alarm = undefined;
    const now = marketNow(this.#clock);
    if (!this.hasWork && now >= deadline) this.put({ kind: "wake", id: `wake/${deadline}`, at: now });
  }

  /** The loop has recorded these inputs: whoever placed them is answered. */
  settle(ids: readonly string[], receipt: { sequence: number; sentence: string }): void {
    for (const id of ids) this.#handled.set(id, receipt);
  }

  async recorded(id: string): Promise<{ sequence: number; sentence: string }> {
    await condition(() => this.#handled.has(id));
    const receipt = this.#handled.get(id) as { sequence: number; sentence: string };
    return receipt;
  }

  stopAlarm(): void {
    this.#alarm?.scope.cancel();
    this.#alarm = undefined;
  }

  /** One long-lived timer: kept while it rings no later than needed, so a quiet price does not start a new one. */
  #setAlarm(clock: RealClock, at: Instant): void {
    if (this.#alarm && this.#alarm.at <= at) return;
    this.stopAlarm();
    const scope = new CancellationScope();
    const alarm = { at, scope, rang: false };
    this.#alarm = alarm;
    scope
      .run(async () => {
        await sleep(Math.max(1, secondsBetween(marketNow(clock), at) * 1000), { summary: "next look" });
        alarm.rang = true;
      })
      .catch((error: unknown) => {
        if (!isCancellation(error)) throw error;
      });
  }
}

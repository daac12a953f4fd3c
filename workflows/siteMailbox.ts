import { CancellationScope, condition, isCancellation, sleep } from "@temporalio/workflow";
import type { SiteInput } from "../src/domain/decision/model.ts";
import { type Instant, instantFromMs, msOfInstant } from "../src/domain/units/instant.ts";
import type { ClockKind } from "./contracts.ts";

/** What waits for the site's loop. Handlers only put in; the loop alone takes out. */
export class SiteMailbox {
  readonly #clock: ClockKind;
  #queue: SiteInput[];
  #alarm: { readonly atMs: number; readonly scope: CancellationScope; rang: boolean } | undefined;
  #handled = new Map<string, { sequence: number; sentence: string }>();
  parked = false;

  constructor(clock: ClockKind, pending: readonly SiteInput[]) {
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
    if (this.#clock === "real") this.#setAlarm(msOfInstant(deadline));
    await condition(() => this.hasWork || this.#alarm?.rang === true);
    this.parked = false;
    if (this.#alarm?.rang !== true) return;
    this.#alarm = undefined;
    const nowMs = Date.now();
    if (!this.hasWork && nowMs >= msOfInstant(deadline))
      this.put({ kind: "wake", id: `wake/${deadline}`, at: instantFromMs(nowMs) });
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
  #setAlarm(atMs: number): void {
    if (this.#alarm && this.#alarm.atMs <= atMs) return;
    this.stopAlarm();
    const scope = new CancellationScope();
    const alarm = { atMs, scope, rang: false };
    this.#alarm = alarm;
    scope
      .run(async () => {
        await sleep(Math.max(1, atMs - Date.now()), { summary: "next look" });
        alarm.rang = true;
      })
      .catch((error: unknown) => {
        if (!isCancellation(error)) throw error;
      });
  }
}

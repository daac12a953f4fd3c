import type { SimMiner } from "./miner.ts";
import { unitInterval } from "./seeded.ts";

const IDLE_MS = 60_000;

/** Who may write to one machine: one session for all of it, 60 s idle, renewed by use. */
export class WriteSession {
  readonly #miner: SimMiner;
  #live: { readonly id: string; usedMs: number } | undefined;
  #opened = 0;

  constructor(miner: SimMiner) {
    this.#miner = miner;
  }

  /** Id of the session that may write now, if any. */
  live(nowMs: number): string | undefined {
    if (this.#miner.faults.has("sessionHeld")) return this.#id(-1);
    const hasEnded = this.#live && nowMs - this.#live.usedMs > IDLE_MS;
    if (hasEnded || (this.#live && this.#live.usedMs < this.#miner.startedMs(nowMs))) this.#live = undefined;
    return this.#live?.id;
  }

  /** A new session id, or undefined while another one lives. */
  open(nowMs: number): string | undefined {
    if (this.live(nowMs) !== undefined) return undefined;
    this.#opened += 1;
    this.#live = { id: this.#id(this.#opened), usedMs: nowMs };
    return this.#live.id;
  }

  /** True when `id` is the live session; using it renews it. */
  use(nowMs: number, id: string): boolean {
    if (this.#live && this.#miner.faults.strikes("sessionExpires")) this.#live = undefined;
    const valid = id !== "" && this.live(nowMs) === id;
    if (valid && this.#live) this.#live.usedMs = nowMs;
    return valid;
  }

  end(): void {
    this.#live = undefined;
    this.#miner.faults.heal("sessionHeld");
  }

  /** Eight letters and digits, the form of a LuxOS session id. */
  #id(count: number): string {
    const alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789";
    const { seed, spec } = this.#miner;
    return Array.from(
      { length: 8 },
      (_, place) => alphabet[Math.floor(unitInterval(seed, spec.machineId, "session", count, place) * alphabet.length)],
    ).join("");
  }
}

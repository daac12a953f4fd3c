/** The longest pause, in looks. */
const LOOKS_MAX = 32;

interface Failed {
  readonly times: number;
  looksLeft: number;
}

/** What failed and is tried again, each after a pause that doubles with every failure; counted in looks. */
export class GrowingPauses {
  readonly #failed = new Map<string, Failed>();

  /** A look begins. */
  look(): void {
    for (const failed of this.#failed.values()) failed.looksLeft -= 1;
  }

  isDue(key: string): boolean {
    return (this.#failed.get(key)?.looksLeft ?? -1) <= 0;
  }

  failed(key: string): void {
    const times = this.times(key) + 1;
    this.#failed.set(key, { times, looksLeft: Math.min(2 ** (times - 1), LOOKS_MAX) });
  }

  /** How often it failed since it last held. */
  times(key: string): number {
    return this.#failed.get(key)?.times ?? 0;
  }

  held(key: string): void {
    this.#failed.delete(key);
  }

  /** Forgets all but these. */
  keep(keys: ReadonlySet<string>): void {
    for (const key of this.#failed.keys()) if (!keys.has(key)) this.#failed.delete(key);
  }
}

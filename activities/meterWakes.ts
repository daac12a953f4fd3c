import type { GridInstruction } from "../src/domain/inputs/gridInstruction.ts";
import type { SiteId } from "../src/domain/units/ids.ts";

/** Hears what instructions a site has decided by. */
export type HearsInstructions = (instructions: readonly GridInstruction[]) => Promise<void>;

/**
 * Tells the watch of a site's meter of instructions as soon as the site has decided by them, where both are served by
 * one process. A watch elsewhere finds them at its next look.
 */
export class MeterWakes {
  readonly #hears = new Map<SiteId, HearsInstructions>();

  /** Returns what ends it. A later watch of the site takes an earlier one's place. */
  listen(siteId: SiteId, hears: HearsInstructions): () => void {
    this.#hears.set(siteId, hears);
    return () => {
      if (this.#hears.get(siteId) === hears) this.#hears.delete(siteId);
    };
  }

  /** Resolves once a paced clock goes no further than the watch's next look. It throws what the clock throws. */
  async decided(siteId: SiteId, instructions: readonly GridInstruction[]): Promise<void> {
    if (instructions.length > 0) await this.#hears.get(siteId)?.(instructions);
  }
}

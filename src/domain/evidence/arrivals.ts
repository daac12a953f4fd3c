import type { SiteInput } from "../decision/model.ts";

/** What has reached a site so far according to its histories: signals, accepted updates and what a run started with. */
export class Arrivals {
  readonly #ids = new Set<string>();
  readonly #byKind = new Map<string, SiteInput[]>();

  add(input: SiteInput): void {
    this.#ids.add(input.id);
    const ofKind = this.#byKind.get(input.kind);
    if (ofKind === undefined) this.#byKind.set(input.kind, [input]);
    else ofKind.push(input);
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** Whether an input of this kind that meets the condition has arrived; the newest are looked at first. */
  some<K extends SiteInput["kind"]>(kind: K, condition: (input: Extract<SiteInput, { kind: K }>) => boolean): boolean {
    return this.#byKind.get(kind)?.findLast((input) => condition(input as Extract<SiteInput, { kind: K }>)) !== undefined;
  }

  any(kind: SiteInput["kind"]): boolean {
    return this.#byKind.has(kind);
  }
}

import type { Freeze } from "../domain/inputs/freezes.ts";
import type { SiteInput } from "../domain/inputs/facts.ts";
import type { SiteId } from "../domain/units/ids.ts";

/** Who froze the commands of a site, kept for whoever is about to send one. Throws PortUnavailableError when away. */
export interface CommandFreezes {
  /** Keep a freeze or thaw, once under its id. */
  keep(siteId: SiteId, input: Extract<SiteInput, { kind: "freeze" | "thaw" }>): Promise<void>;
  /** The freezes in force; a retired site is frozen for good. */
  inForce(siteId: SiteId): Promise<readonly Freeze[]>;
}

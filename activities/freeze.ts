import type { SiteInput } from "../src/domain/inputs/facts.ts";
import type { CommandFreezes } from "../src/ports/commandFreezes.ts";
import type { Log } from "../src/ports/log.ts";
import type { SiteId } from "../src/domain/units/ids.ts";

export interface FreezeDeps {
  readonly freezes: CommandFreezes;
  readonly log: Log;
}

/** The activity behind the hands-off switch. It throws what the database's port throws, which is retried. */
export function freezeActivities({ freezes, log }: FreezeDeps) {
  return {
    /** Commands stop, or may go, from here on; a batch that is under way looks before each of its slices. */
    async keepFreeze(siteId: SiteId, input: Extract<SiteInput, { kind: "freeze" | "thaw" }>): Promise<void> {
      log.warn({ siteId, ...input }, input.kind === "freeze" ? "commands are frozen" : "commands may go again");
      await freezes.keep(siteId, input);
    },
  };
}

import { createHash } from "node:crypto";
import type { Configuration } from "../src/domain/decision/configureProblem.ts";
import { planText } from "../src/domain/evidence/recordText.ts";
import { FailureType } from "../src/domain/units/failureTypes.ts";
import type { ConfigurationOutcome, ConfigurationOutcomes } from "../src/ports/configurationOutcomes.ts";
import type { Log } from "../src/ports/log.ts";
import type { SiteBook } from "../src/ports/siteBook.ts";
import { finalFailure, notConfigured } from "./failure.ts";
import type { SiteId } from "../src/domain/units/ids.ts";

export interface ConfigurationDeps {
  readonly book: SiteBook<"plan">;
  readonly configurations: ConfigurationOutcomes;
  readonly log: Log;
}

/**
 * Activities that accept a site's new configuration or give it up. They throw what the database's port throws, and
 * NotConfigured while the worker has another configuration, which is retried; a final OrderRefused for one that never
 * holds.
 */
export function configurationActivities({ book, configurations, log }: ConfigurationDeps) {
  return {
    /**
     * Accepts a configuration for good, unless it was given up before. A plan is what its hash names, and what this
     * worker itself is configured with: asked before the worker has its new configuration, the answer waits for it.
     */
    async checkConfiguration(siteId: SiteId, configuration: Configuration): Promise<void> {
      const { id: requestId, plan, planHash, actor, reason, diff } = configuration;
      const made = sha256(planText(plan));
      if (made !== planHash)
        throw finalFailure(FailureType.OrderRefused, `Order refused: the plan's hash is ${made}, not ${planHash}.`);
      const own = book.get(siteId)?.plan;
      const ownHash = own && sha256(planText(own));
      if (ownHash !== planHash)
        throw notConfigured(
          `This worker is configured with plan ${ownHash ?? "of another site"}, not yet with ${planHash}.`,
        );
      if ((await configurations.settle(siteId, { requestId, planHash }, "accepted")) === "withdrawn")
        throw finalFailure(
          FailureType.OrderRefused,
          "Order refused: this configuration was given up before the site had accepted it; apply it again.",
        );
      log.warn({ siteId, planHash, actor, reason, diff }, "a new configuration was applied");
    },

    /** What holds of a configuration that nobody could say was accepted: it is refused, unless it was accepted. */
    async concludeConfiguration(siteId: SiteId, requestId: string, planHash: string): Promise<ConfigurationOutcome> {
      return configurations.settle(siteId, { requestId, planHash }, "withdrawn");
    },
  };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

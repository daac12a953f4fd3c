import { activityInfo, cancellationSignal } from "@temporalio/activity";
import { dayEnd, operatingDayOf } from "../src/domain/market/calendar.ts";
import { feedWord } from "../src/domain/inputs/feedSilence.ts";
import { siteMeter } from "../src/domain/inputs/siteMeter.ts";
import type { DecisionStore } from "../src/ports/decisionStore.ts";
import type { Log } from "../src/ports/log.ts";
import type { MarketClock } from "../src/ports/marketClock.ts";
import type { SiteBook } from "../src/ports/siteBook.ts";
import type { SiteGateway } from "../src/ports/siteGateway.ts";
import { configured } from "./configured.ts";
import { endWait } from "./endWait.ts";
import { meterWaitKey } from "./meterWatch.ts";
import { dispatchHold } from "./revision.ts";

/** Work at a site's own machines and meters that nobody there has taken. */
export interface Untaken {
  readonly siteId: string;
  /** What was asked for, for a person. */
  readonly what: string;
  /** The how manieth time, from 1, that nobody is there while it is asked for. */
  readonly absence?: number;
  /** Of a dispatch: a newer decision makes it needless. */
  readonly revision?: number;
  /** Of a watch of the site's equipment: its site's end makes it needless. */
  readonly feedId?: string;
  /** The watch of the meters: the site hears that its meter is silent. */
  readonly isMeter?: true;
  /** The site goes on without it. */
  readonly isOptional?: true;
}

export interface UntakenDeps {
  readonly clock: MarketClock;
  readonly sites: SiteGateway;
  readonly decisions: DecisionStore;
  readonly book: SiteBook<"retiredAt">;
  readonly log: Log;
}

/**
 * The activity behind work that nobody takes. It throws what the ports throw, which is retried, and NotConfigured for a
 * site that is not in the configuration.
 */
export function untakenActivities({ clock, sites, decisions, book, log }: UntakenDeps) {
  return {
    /** A person is told once an absence, a paced clock does not stand for it, and whoever asked hears what next. */
    async noteUntaken(untaken: Untaken): Promise<{ isOver: boolean }> {
      const { siteId, what, absence = 1, revision, feedId, isMeter, isOptional } = untaken;
      const at = await clock.now();
      log.error({ ...untaken, at }, "nobody serves the machines and meters of a site");
      await decisions.noteFinding(
        {
          siteId,
          at,
          inputIds: [],
          problem: `nobody at the site took this up: ${what}; is the worker, or the site's own gateway, running?`,
        },
        { runId: activityInfo().workflowExecution?.runId ?? "", noteId: `untaken/${what}/${absence}` },
      );
      if (revision !== undefined) {
        await clock.release(dispatchHold(siteId, revision));
        return { isOver: (await decisions.dispatched(siteId, revision + 1)) !== undefined };
      }
      if (feedId !== undefined)
        await Promise.all([
          endWait(clock, `feed/${feedId}`),
          // the watch of the fleet looks at the meter too
          isMeter === true ? undefined : endWait(clock, meterWaitKey(feedId)),
        ]);
      const { retiredAt } = configured(book, siteId);
      if (isMeter === true && retiredAt === undefined)
        await sites.deliver(
          siteId,
          feedWord(true, { by: siteMeter.kind, at, feed: siteMeter.kind }),
          [],
          cancellationSignal(),
        );
      return { isOver: isOptional === true || (retiredAt !== undefined && at >= dayEnd(operatingDayOf(retiredAt))) };
    },
  };
}

import { type ActivityInterfaceFor, type ActivityOptions, proxyActivities } from "@temporalio/workflow";
import type { Activities } from "../activities/index.ts";
import type { DispatchBatch, ShareTarget, WaveSummary } from "../src/domain/dispatch/model.ts";
import { unreadWave } from "../src/domain/dispatch/unreadWave.ts";
import { assess } from "../src/domain/verification/assess.ts";
import type { Instant } from "../src/domain/units/instant.ts";
import type { ResponseVerdict } from "../src/domain/verification/model.ts";
import { atSite } from "./atSite.ts";
import type { DispatchTargetInput } from "./contracts.ts";
import { fleetCommand, ledgerWrite, responseWait } from "./options.ts";

type Own = ActivityInterfaceFor<Activities>;

const { closeDispatch } = proxyActivities<Activities>(ledgerWrite);

/**
 * Drives one site's fleet to the target of one revision: all writes, then all read-backs, then the meter; stragglers
 * are driven again; what is left goes on the operator's list. A newer revision supersedes it: the fence in the ledger
 * stops every further write.
 */
export async function dispatchTarget({ plan, settings }: DispatchTargetInput): Promise<ResponseVerdict | "superseded"> {
  const { siteId, revision } = plan;
  const here = <T>(what: string, options: ActivityOptions, work: (own: Own) => Promise<T>): Promise<T | undefined> =>
    atSite({ siteId, what, revision }, options, work);
  const opened = await here("the opening of a dispatch", ledgerWrite, (own) => own.openDispatch({ plan }));
  if (opened === undefined) return closed("superseded");
  let superseded = opened.superseded;
  const settleSeconds =
    (opened.resumed ? plan : opened).expectedDeltaKw > 0 ? settings.settleUpSeconds : settings.settleDownSeconds;
  let verdict: ResponseVerdict | undefined;
  let waves: WaveSummary[] = [];
  for (let attempt = 0; attempt <= settings.redrivesMax && !superseded; attempt++) {
    const written = await everyBatch(opened.batches, "commands to machines", (own, batch, target) =>
      own.commandBatch({ siteId, revision, attempt, batch, target }),
    );
    // Before the last drive, wait out whatever a controller that died still holds.
    const waitSeconds =
      attempt === settings.redrivesMax - 1 ? Math.max(settleSeconds, settings.abandonedControlSeconds) : settleSeconds;
    const writtenAt = lastWrite(written);
    const measured = await here("the reading of the site meter", responseWait, (own) =>
      own.measureResponse({ siteId, revision, settleSeconds: waitSeconds, writtenAt }),
    );
    waves = await everyBatch(opened.batches, "the read-back of machines", (own, batch, target) =>
      own.readBackBatch({ siteId, revision, attempt, batch, target }),
    );
    superseded = measured?.superseded !== false || [...written, ...waves].some((wave) => wave.superseded);
    if (superseded || measured === undefined) break;
    verdict = assess({
      revision,
      orderedAt: plan.decidedAt,
      readAt: measured.readAt,
      expectedDeltaKw: opened.expectedDeltaKw,
      undrawnKw: opened.undrawnKw,
      plannedDeltaKw: opened.resumed ? plan.expectedDeltaKw : undefined,
      beforeKw: opened.beforeKw,
      nowKw: measured.nowKw,
      machines: sum(waves, (wave) => wave.machines),
      atTarget: sum(waves, (wave) => wave.atTarget),
      stragglers: sum(waves, (wave) => wave.stragglers),
      unread: sum(waves, (wave) => wave.machines - wave.atTarget - wave.stragglers),
    });
    if (verdict.outcome === "confirmed" && sum(waves, (wave) => wave.machines - wave.atTarget) === 0) break;
  }
  return closed(superseded || verdict === undefined ? "superseded" : verdict);

  async function closed(outcome: ResponseVerdict | "superseded"): Promise<ResponseVerdict | "superseded"> {
    await closeDispatch({ siteId, revision, decidedAt: plan.decidedAt, outcome });
    return outcome;
  }

  /** Batches of one wave run side by side: each activity bounds its own connections. */
  function everyBatch(
    batches: readonly DispatchBatch[],
    what: string,
    step: (own: Own, batch: DispatchBatch, target: ShareTarget) => Promise<WaveSummary>,
  ): Promise<WaveSummary[]> {
    const shares = plan.targets.flatMap((target) => target.shares);
    const isOf = (batch: DispatchBatch) => (share: ShareTarget) =>
      share.cohortId === batch.cohortId && share.modeId === batch.modeId;
    return Promise.all(
      batches.flatMap((batch) =>
        shares
          .filter(isOf(batch))
          .map(
            async (target) =>
              (await here(what, fleetCommand, (own) => step(own, batch, target))) ?? unreadWave(batch, {}, true),
          ),
      ),
    );
  }
}

function lastWrite(waves: readonly WaveSummary[]): Instant | undefined {
  return waves
    .flatMap((wave) => wave.endedAt ?? [])
    .sort()
    .at(-1);
}

function sum(waves: readonly WaveSummary[], of: (wave: WaveSummary) => number): number {
  return waves.reduce((total, wave) => total + of(wave), 0);
}

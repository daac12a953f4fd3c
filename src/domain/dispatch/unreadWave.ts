import type { CommandOutcome, DispatchBatch, WaveSummary } from "./model.ts";

/** What one wave over a batch came to before any machine was read back: `outcomes` counts machines by their answer. */
export function unreadWave(
  batch: DispatchBatch,
  outcomes: Readonly<Partial<Record<CommandOutcome, number>>>,
  superseded: boolean,
): WaveSummary {
  return {
    cohortId: batch.cohortId,
    machines: batch.to - batch.from,
    outcomes,
    atTarget: 0,
    stragglers: 0,
    superseded,
  };
}

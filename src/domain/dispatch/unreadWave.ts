import type { CommandOutcome, DispatchBatch, WaveSummary } from "./model.ts";

/** What one wave over a batch came to before any machine was read back: `outcomes` counts machines by their answer. */
export function unreadWave(
  { cohortId, modeId, spans }: DispatchBatch,
  outcomes: Readonly<Partial<Record<CommandOutcome, number>>>,
  superseded: boolean,
): WaveSummary {
  const machines = spans.reduce((sum, { from, to }) => sum + to - from, 0);
  return { cohortId, modeId, machines, outcomes, atTarget: 0, stragglers: 0, superseded };
}

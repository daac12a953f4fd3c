import type { CommandLedgerRow } from "../../domain/evidence/ledgers.ts";
import { listAt, memberAt } from "../../domain/evidence/historyEvent.ts";
import type { LayerLog } from "../layerLog.ts";

/** A dispatch as its site's history started it. */
export interface StartedDispatch {
  /** What the child workflow was given. */
  readonly input: unknown;
  readonly where: string;
}

/**
 * The first wave of every dispatch that was driven to its end, against the batches that the history gave it: one line
 * for each machine, whatever it answered. A line left out is found without any key. Which machines were driven again is
 * in no history.
 * @param children dispatches by workflow id
 * @param results what those that ended came to, by workflow id
 */
export function checkFirstWaves(
  children: ReadonlyMap<string, StartedDispatch>,
  results: ReadonlyMap<string, unknown>,
  commands: readonly CommandLedgerRow[],
  log: LayerLog,
): void {
  const first = Map.groupBy(
    commands.filter(({ attempt }) => attempt === 0),
    ({ revision, cohortId }) => `${revision} ${cohortId}`,
  );
  for (const [workflowId, result] of results) {
    const started = children.get(workflowId);
    if (started === undefined || result === "superseded") continue;
    const revision = memberAt(started.input, "plan", "revision");
    for (const [cohortId, machines] of machinesOf(started.input)) {
      const told = new Set(first.get(`${String(revision)} ${cohortId}`)?.map(({ machineId }) => machineId)).size;
      log.check();
      if (told !== machines)
        log.find(
          `ledgers/commands.jsonl revision ${String(revision)} ${cohortId}`,
          `a line for each of the ${machines} machines of its first wave (${started.where})`,
          `${told} machines`,
        );
    }
  }
}

/** Machines of each cohort in the batches of a dispatch. */
function machinesOf(input: unknown): Map<string, number> {
  const batches = Map.groupBy(listAt(input, "plan", "batches"), (batch) => String(memberAt(batch, "cohortId")));
  const size = (batch: unknown): number => Number(memberAt(batch, "to")) - Number(memberAt(batch, "from"));
  return new Map([...batches].map(([cohortId, of]) => [cohortId, of.reduce<number>((n, one) => n + size(one), 0)]));
}

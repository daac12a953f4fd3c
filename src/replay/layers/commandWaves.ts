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
 * The first wave of every dispatch that was driven to its end, against the targets that the history gave it: one line
 * for each machine of a cohort that is driven, whatever it answered, and as many machines in each mode above the lowest
 * as the split says. A line left out is found without any key. Which machines were driven again is in no history.
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
    for (const target of listAt(started.input, "plan", "targets").filter((one) => memberAt(one, "isDriven") === true)) {
      const cohortId = String(memberAt(target, "cohortId"));
      const where = `ledgers/commands.jsonl revision ${String(revision)} ${cohortId}`;
      const rows = first.get(`${String(revision)} ${cohortId}`) ?? [];
      const told = distinct(rows);
      const machines = Number(memberAt(target, "machines"));
      log.check();
      if (told !== machines)
        log.find(
          where,
          `a line for each of the ${machines} machines of its first wave (${started.where})`,
          `${told} machines`,
        );
      for (const share of listAt(target, "shares").slice(1)) {
        const modeId = String(memberAt(share, "modeId"));
        const ordered = Math.min(Number(memberAt(share, "machines")), machines);
        const there = distinct(rows.filter((row) => row.modeId === modeId));
        log.check();
        if (there !== ordered)
          log.find(where, `${ordered} machines to ${modeId} (${started.where})`, `${there} machines`);
      }
    }
  }
}

function distinct(rows: readonly CommandLedgerRow[]): number {
  return new Set(rows.map(({ machineId }) => machineId)).size;
}

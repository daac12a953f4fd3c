import { decide } from "../../domain/decision/decide.ts";
import type { DecisionRecord } from "../../domain/decision/model.ts";
import { Arrivals } from "../../domain/evidence/arrivals.ts";
import { checkRecordChain, type RecordChainEnd } from "../../domain/evidence/checkRecordChain.ts";
import { checkRecordInputs } from "../../domain/evidence/checkRecordInputs.ts";
import { memberAt } from "../../domain/evidence/historyEvent.ts";
import { planText, RECORD_GENESIS } from "../../domain/evidence/recordText.ts";
import { firstDifference, shown } from "../firstDifference.ts";
import { sha256Hex } from "../hash.ts";
import type { LayerLog } from "../layerLog.ts";
import type { OpenedRun } from "../openRun.ts";
import { activityResultOf, arrivalOf, recordOf, type RunStart, runStart } from "../siteHistory.ts";

/**
 * Every decision made again, without the workflow: `decide(plan, input)` must give the recorded output, the plan's hash and the chain of
 * records must hold, what a record looked at must have arrived, and what it commands must be what it decided.
 * One object over all runs of a bundle, in order.
 */
export class DecisionCheck {
  readonly #log: LayerLog;
  readonly #onRecord: (record: DecisionRecord, where: string) => void;
  readonly #arrivals = new Arrivals();
  readonly #takenUp = new Set<string>();
  #end: RecordChainEnd | undefined;
  #firstRun = true;

  /** @param onRecord told of every record, for the layers that come after */
  constructor(log: LayerLog, onRecord: (record: DecisionRecord, where: string) => void) {
    this.#log = log;
    this.#onRecord = onRecord;
  }

  onRun({ run, events }: OpenedRun): void {
    if (events[0] === undefined) return;
    const start = runStart(events[0]);
    this.#log.same(`${run.file} planHash`, sha256Hex(planText(start.plan)), start.planHash);
    if (this.#firstRun) for (const input of start.pending) this.#arrivals.add(input);
    const hashes = new Map<number, string>();
    for (const event of events) {
      const where = `${run.file} event ${event.eventId}`;
      const arrival = arrivalOf(event);
      if (arrival !== undefined) this.#arrivals.add(arrival);
      const record = recordOf(event);
      if (record !== undefined) {
        this.#onDecision(record, start, run.sequence === 1, `${where} decision ${record.sequence}`);
        hashes.set(event.eventId, this.#end!.hash);
      }
      const done = activityResultOf(event);
      const hash = done === undefined ? undefined : hashes.get(done.scheduledEventId);
      if (hash !== undefined) this.#log.same(`${where} recordHash returned by the ledger`, hash, memberAt(done!.result, "recordHash"));
    }
    this.#firstRun = false;
  }

  #onDecision(record: DecisionRecord, start: RunStart, chainBegins: boolean, where: string): void {
    if (this.#end === undefined && chainBegins) {
      this.#log.same(`${where} sequence`, 1, record.sequence);
      this.#log.same(`${where} previousHash`, RECORD_GENESIS, record.previousHash);
    }
    const chained = checkRecordChain(this.#end, record, where, sha256Hex);
    this.#log.findings.push(...chained.findings.map((finding) => ({ ...finding, layer: this.#log.layer })));
    this.#end = chained.end;
    this.#log.same(`${where} planHash`, start.planHash, record.planHash);
    this.#log.same(`${where} ruleSet`, start.ruleSet, record.ruleSet);
    this.#recompute(record, start, where);
    const inputs = checkRecordInputs(record, start.plan, this.#arrivals, where);
    this.#log.check(inputs.checked);
    this.#log.findings.push(...inputs.findings);
    this.#takeUp(record, where);
    checkTargets(record, where, this.#log);
    this.#onRecord(record, where);
  }

  #recompute(record: DecisionRecord, start: RunStart, where: string): void {
    this.#log.check();
    let output: unknown;
    try {
      // through JSON, as the record itself went: a member that is undefined is not there
      output = JSON.parse(JSON.stringify(decide(start.plan, record.input)));
    } catch (error) {
      this.#log.find(where, shown(record.output), `decide() refuses this input: ${(error as Error).message}`);
      return;
    }
    const difference = firstDifference(output, record.output);
    if (difference !== undefined) this.#log.find(`${where} output${difference.path}`, `${shown(difference.expected)} (recomputed)`, `${shown(difference.found)} (recorded)`);
  }

  #takeUp(record: DecisionRecord, where: string): void {
    for (const id of record.input.inputIds) {
      this.#log.check();
      if (this.#takenUp.has(id)) this.#log.find(`${where} input inputIds`, "every input taken up once", `${id} a second time`);
      this.#takenUp.add(id);
    }
  }
}

function checkTargets(record: DecisionRecord, where: string, log: LayerLog): void {
  for (const target of record.dispatch?.targets ?? []) {
    const decided = record.output.cohorts.find((cohort) => cohort.cohortId === target.cohortId);
    log.same(`${where} target of ${target.cohortId}`, decided?.modeId, target.modeId);
  }
}

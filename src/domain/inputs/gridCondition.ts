import { foldGridCondition, type GridConditionState, NO_GRID_CONDITION } from "../market/gridCondition.ts";
import type { GridLevel, GridPreAlert, GridReport } from "../market/model.ts";
import { foldPrcPreAlert, type PrcState } from "../market/prcPreAlert.ts";
import type { Instant } from "../units/instant.ts";
import { sameValue } from "../units/sameValue.ts";
import { instant, number, object, oneOf, optional, text } from "./checks.ts";
import type { Heard, MarketFact, Told, Word } from "./marketFact.ts";
import { PROVENANCE, type ToldProvenance } from "./provenance.ts";
import { isSilent } from "./isSilent.ts";

/** ERCOT's state of the grid as one poll reads it. */
export interface GridConditionObservation extends GridReport {
  readonly kind: "grid-condition";
}

/** A level, or an alarm, that took effect, as a site is told. */
export interface GridConditionInput extends Told, ToldProvenance {
  readonly kind: "grid-condition";
  readonly level: GridLevel;
  /** The state cannot be read: `level` is the one that is kept, or `unknown` when there is none. */
  readonly unreadable?: true;
  readonly stateText: string;
  readonly prcMw?: number;
  /** Stands until an input without it. */
  readonly preAlert?: GridPreAlert;
  readonly observedAt: Instant;
}

/** What the feed remembers between two polls. */
export interface GridMemory {
  readonly grid?: GridConditionState;
  readonly prc?: PrcState;
}

/** Level of the grid and PRC: every poll counts, and the sites hear of changes alone. */
export const gridCondition: MarketFact<GridConditionObservation, GridConditionInput, GridMemory> = {
  kind: "grid-condition",
  scope: "system",
  called: "grid condition",
  comparedAs: "text",
  everyPollCounts: true,
  standsUntilChanged: true,
  members: {
    ...PROVENANCE,
    level: oneOf<GridLevel>(["normal", "conservation", "watch", "eea1", "eea2", "eea3", "unknown"]),
    unreadable: optional(oneOf([true])),
    stateText: text,
    prcMw: optional(number),
    preAlert: optional(object({ prcMw: number, belowMw: number, observedAt: instant })),
    observedAt: instant,
  },
  columns: ({ level, stateText, prcMw, observedAt }) => ({
    point: "",
    pointType: "",
    key: observedAt,
    value: `${level} (${stateText})${prcMw === undefined ? "" : ` PRC ${prcMw} MW`}`,
  }),
  saidAt: ({ observedAt }) => observedAt,
  hear(observation, _version, at, rules, memory): Heard<GridConditionInput, GridMemory> {
    const { kind, documentId, stateText, prcMw, observedAt, source, contentHash } = observation;
    const isFresh = !isSilent(observedAt, at, rules.silentAfterSeconds);
    const folded = foldGridCondition(memory?.grid ?? NO_GRID_CONDITION, observation, isFresh);
    const prc = foldPrcPreAlert(memory?.prc ?? {}, observation, rules.watchBelowMw, isFresh);
    const next = { grid: folded.state, prc };
    const isTurned = (prc.preAlert === undefined) !== (memory?.prc?.preAlert === undefined);
    if (!folded.change && !isTurned) return { memory: next };
    const level = folded.state.level ?? "unknown";
    const { preAlert } = prc;
    const words: Word[] = [];
    if (isTurned)
      words.push({
        level: "warn",
        text: preAlert ? "PRC pre-alert" : "PRC pre-alert over",
        fields: { at, documentId, prcMw, watchBelowMw: rules.watchBelowMw },
      });
    if (folded.change?.unreadable)
      words.push({
        level: "error",
        text: "grid state cannot be read; a person should look at ERCOT's page",
        fields: { at, documentId, stateText, level },
      });
    const unreadable = folded.state.alarm ? (true as const) : undefined;
    const id = `${kind}/${documentId}/${level}`;
    return {
      memory: next,
      words,
      input: { kind, id, at, level, unreadable, stateText, prcMw, preAlert, observedAt, source, contentHash },
    };
  },
  says: (row, told, before) =>
    isLevelOf(row, told, before) &&
    isPreAlertOf(row, told, before) &&
    row.observedAt === told.observedAt &&
    row.stateText === told.stateText &&
    row.prcMw === told.prcMw,
  place: ({ observedAt }) => observedAt,
  text: ({ level, stateText, prcMw }) => `${level} "${stateText}" PRC ${prcMw ?? "not told"}`,
};

/** A level is the document's, or, where that one is not confirmed or cannot be read, the level told before. */
function isLevelOf(
  row: GridConditionObservation,
  told: GridConditionInput,
  before: GridConditionInput | undefined,
): boolean {
  return row.level === told.level || told.level === (before === undefined ? "unknown" : before.level);
}

/** A pre-alert is confirmed by the document's own PRC, or stands as told before. */
function isPreAlertOf(
  row: GridConditionObservation,
  { preAlert }: GridConditionInput,
  before: GridConditionInput | undefined,
): boolean {
  if (preAlert === undefined) return true;
  const { prcMw, belowMw, observedAt } = preAlert;
  if (observedAt !== row.observedAt) return sameValue(preAlert, before?.preAlert);
  return prcMw === row.prcMw && prcMw < belowMw;
}

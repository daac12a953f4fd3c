import { foldGridCondition, type GridConditionState, NO_GRID_CONDITION } from "../market/gridCondition.ts";
import type { GridLevel, GridReport } from "../market/model.ts";
import { foldPrcPreAlert, type PrcState } from "../market/prcPreAlert.ts";
import { instant, name, number, object, oneOf, optional, text } from "./checks.ts";
import type { FeedWord } from "./feedSilence.ts";
import type { Heard, MarketFact, Word } from "./marketFact.ts";
import { PROVENANCE } from "./provenance.ts";
import {
  type FrozenGrid,
  GRID_CONDITION,
  GRID_LEVEL,
  type GridConditionInput,
  type KnownGrid,
  type SeenGrid,
} from "./gridKnown.ts";
import { gridChangesAt, settled } from "./gridNow.ts";
import type { GridNoticesInput } from "./gridNotices.ts";
import { gridSays } from "./gridSays.ts";
import { gridFeedWord, gridNoticed, gridRelease, gridTold } from "./gridTold.ts";
import { GRID_NOTICES } from "./noticesKnown.ts";
import type { ReleaseInput } from "./orders.ts";
import { isSilent } from "./isSilent.ts";

/** ERCOT's state of the grid as one poll reads it. */
export interface GridConditionObservation extends GridReport {
  readonly kind: typeof GRID_CONDITION;
}

/** A poll that says worse than is known is repeated after this, market seconds: nobody waits for the next minute. */
const CONFIRM_SECONDS = 10;

/** What the feed remembers between two polls. */
export interface GridMemory {
  readonly grid?: GridConditionState;
  readonly prc?: PrcState;
}

/** Level of the grid and PRC: every poll counts, and the sites hear of changes alone. */
export const gridCondition: MarketFact<
  GridConditionObservation,
  GridConditionInput,
  SeenGrid,
  KnownGrid,
  FrozenGrid,
  GridMemory
> = {
  kind: GRID_CONDITION,
  scope: "system",
  called: "grid condition",
  comparedAs: "text",
  everyPollCounts: true,
  standsUntilChanged: true,
  isWatched: true,
  messages: {
    [GRID_CONDITION]: {
      ...PROVENANCE,
      feedId: optional(name),
      level: GRID_LEVEL,
      since: optional(instant),
      next: optional(GRID_LEVEL),
      above: optional(GRID_LEVEL),
      unreadable: optional(oneOf([true])),
      stateText: text,
      prcMw: optional(number),
      preAlert: optional(
        object({ prcMw: number, belowMw: number, fallingMwPerMinute: optional(number), observedAt: instant }),
      ),
      observedAt: instant,
    },
  },
  overhears: ["release", "feed-silent", "feed-restored", GRID_NOTICES],
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
    const prc = foldPrcPreAlert(memory?.prc ?? {}, observation, rules.watchBelowMw, isFresh, rules.prcFall);
    const heard = {
      memory: { grid: folded.state, prc },
      ...(folded.isToConfirm ? { againInSeconds: CONFIRM_SECONDS } : {}),
    };
    const isTurned = (prc.preAlert === undefined) !== (memory?.prc?.preAlert === undefined);
    const { since, next, above } = folded.state;
    const level: GridLevel = folded.state.level ?? "unknown";
    const isSame = next === memory?.grid?.next && above === memory?.grid?.above;
    if (!folded.change && !isTurned && isSame) return heard;
    const { preAlert } = prc;
    const words: Word[] = [];
    if (isTurned)
      words.push({
        level: "warn",
        text: preAlert ? "PRC pre-alert" : "PRC pre-alert over",
        fields: { at, documentId, prcMw, watchBelowMw: rules.watchBelowMw, prcFall: rules.prcFall },
      });
    if (folded.change?.unreadable)
      words.push({
        level: "error",
        text: "grid state cannot be read; a person should look at ERCOT's page",
        fields: { at, documentId, stateText, level },
      });
    const { feedId } = rules;
    const id = [feedId, documentId, level, ...(next === undefined ? [] : [next])].join("/");
    const said = { feedId, level, since, next, above, unreadable: folded.state.alarm ? (true as const) : undefined };
    return {
      ...heard,
      words,
      input: { kind, id, at, ...said, stateText, prcMw, preAlert, observedAt, source, contentHash },
    };
  },
  toldBy: ({ feedId }) => feedId ?? GRID_CONDITION,
  says: gridSays,
  place: ({ observedAt }) => observedAt,
  text: ({ level, stateText, prcMw }) => `${level} "${stateText}" PRC ${prcMw ?? "not told"}`,
  none: { grid: { level: "unknown" } },
  elapsed(known, { site, asOf }) {
    const { grid } = settled(known, site, asOf);
    return { patch: { grid }, relevant: grid.level !== known.grid.level };
  },
  absorb(known, input: GridConditionInput | GridNoticesInput | ReleaseInput | FeedWord, about) {
    if (input.kind === "release") return gridRelease(known, input, about);
    if (input.kind === GRID_NOTICES) return gridNoticed(known, about);
    return input.kind === GRID_CONDITION ? gridTold(known, input, about) : gridFeedWord(known, input, about);
  },
  freeze: (known, { site, asOf }) => ({
    grid:
      site.gridSource === "assumed-normal"
        ? { level: "normal", assumed: true }
        : { ...settled(known, site, asOf).grid, assumed: false },
  }),
  after: (known, asOf, site) => ({ grid: settled(known, site, asOf).grid }),
  changesAt: (frozen, { site, asOf }) => (frozen.grid.assumed ? undefined : gridChangesAt(frozen, site, asOf)),
  recovered(records) {
    const last = records.at(-1);
    if (last === undefined || last.grid.assumed) return gridCondition.none;
    const { assumed: _assumed, ...grid } = last.grid;
    return { grid };
  },
  /** It arrives on change only, so its age says nothing: its sources are silent by their watchers' word. */
  silence: {
    policy: "gridCondition",
    holds: "level",
    isAssumed: ({ grid }) => grid.assumed,
    isMissing: ({ grid }) => grid.level === "unknown" || grid.unreadable === true,
  },
};

import { isEmergency, isWorse } from "./gridLevels.ts";
import type { GridLevel } from "./model.ts";

/** What the dashboard's word and number come to; `unreadable`: the level is the least that it can be. */
export interface GridReading {
  readonly level: GridLevel;
  readonly unreadable: boolean;
}

const CALM: ReadonlyMap<string, GridLevel> = new Map([
  ["normal", "normal"],
  ["conservation", "conservation"],
  ["watch", "watch"],
]);
const EEA_WORDS = /^(?:eea|energy emergency alert)[ -]?(?:level)?[ -]?([123])$/;
const EEA: readonly GridLevel[] = ["normal", "eea1", "eea2", "eea3"];

/**
 * Grid level of the dashboard's `current_condition.state` and `eea_level`: the worse of the two. `EEA 2`, `eea2`, `EEA
 * Level 2` are one word; an `emergency` has the level of its number. A word that is not known, or a number that is none
 * of 0 to 3, is an alarm: the reading is `unreadable`, its level is what the other half says from EEA 1 on, else
 * `unknown`, never normal. ERCOT's list of states is not published as closed.
 */
export function normalizeGridState(stateText: string, eeaLevel: number | undefined): GridReading {
  const word = stateText.trim().toLowerCase().replaceAll(/\s+/g, " ");
  const byWord = levelOfWord(word);
  const byNumber = eeaLevel === undefined ? undefined : EEA[eeaLevel];
  if (word === "emergency" && byNumber !== undefined && isEmergency(byNumber))
    return { level: byNumber, unreadable: false };
  const isReadable = byWord !== undefined && (eeaLevel === undefined || byNumber !== undefined);
  const worse = isWorse(byNumber ?? "unknown", byWord ?? "unknown") ? byNumber : byWord;
  if (isReadable && worse !== undefined) return { level: worse, unreadable: false };
  return { level: worse !== undefined && isEmergency(worse) ? worse : "unknown", unreadable: true };
}

function levelOfWord(word: string): GridLevel | undefined {
  const eea = EEA_WORDS.exec(word);
  return eea === null ? CALM.get(word) : EEA[Number(eea[1])];
}

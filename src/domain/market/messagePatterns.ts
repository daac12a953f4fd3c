import { eeaPattern } from "./eeaPattern.ts";
import type { GridLevel } from "./model.ts";

/** A rung of ERCOT's ladder, or a measure, that an operations message can name. */
export interface MessagePattern {
  /** For a person, and what an ending names. */
  readonly names: string;
  readonly pattern: RegExp;
  /** Grid level that the message corroborates while it is in force; absent where it is none of the dashboard's. */
  readonly level?: GridLevel;
  /** A person should read it, whatever else it says. */
  readonly isForPerson?: true;
}

/**
 * Patterns of ERCOT's operations messages, the first that matches holds: the order is their weight. The list of types
 * is not published as closed (seen: Operational Information, Advisory, Watch, OCN, alert and emergency variants).
 * An energy emergency without a number is at least level 1, firm load is shed in level 3; a Weather Watch expects
 * normal conditions.
 */
export const MESSAGE_PATTERNS: readonly MessagePattern[] = [
  { names: "EEA 3", level: "eea3", pattern: eeaPattern("3[a-c]?|III|three") },
  { names: "EEA 2", level: "eea2", pattern: eeaPattern("2[a-c]?|II|two") },
  { names: "EEA 1", level: "eea1", pattern: eeaPattern("1[a-c]?|I|one") },
  { names: "energy emergency", level: "eea1", pattern: /\b(?:EEA|energy emergency(?: alert)?)\b/i },
  { names: "weather watch", pattern: /\bweather watch\b/i },
  { names: "watch", level: "watch", pattern: /\bW(?:atch|ATCH)\b|\ba watch\b/ },
  { names: "advisory", pattern: /\bA(?:dvisory|DVISORY)\b|\ban advisory\b/ },
  { names: "OCN", pattern: /\bOCN\b|\boperating condition notice\b/i },
  {
    names: "voluntary conservation",
    level: "conservation",
    pattern: /\bvoluntary (?:energy )?conservation\b|\bconservation (?:appeal|notice)\b|\bappeal\b/i,
  },
  { names: "transmission emergency", pattern: /\btransmission emergency\b/i, isForPerson: true },
  {
    names: "load shed",
    level: "eea3",
    pattern: /\bload[\s-]shed(?:ding)?\b|\bshed(?:ding)? (?:of )?load\b|\bfirm load\b|\brotating outages?\b/i,
    isForPerson: true,
  },
];

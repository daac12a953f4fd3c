import type { Instant } from "../units/instant.ts";
import type { Word } from "./marketFact.ts";

/** What is deployed, MW; absent where ERCOT does not say, or not readably: unknown, not zero. */
export interface Deployed {
  /** Load resources that are not controllable. */
  readonly loadResourcesMw?: number;
  /** Emergency response service (ERS). */
  readonly ersMw?: number;
  /** Large load. */
  readonly largeLoadMw?: number;
}

const NAMES = { loadResourcesMw: "load resources", ersMw: "ERS", largeLoadMw: "large load" } as const;
const KINDS = Object.keys(NAMES) as (keyof Deployed)[];

/** What a row or a message says is deployed, as numbers. */
export function deployedOf(said: { readonly [K in keyof Deployed]?: string | number }): Deployed {
  return Object.fromEntries(
    KINDS.flatMap((kind) => (said[kind] === undefined ? [] : [[kind, Number(said[kind])] as const])),
  );
}

/**
 * What of it is above zero, by name; nothing where nothing is known. What is not known is as it was `before`: it has
 * neither begun nor ended.
 */
export function inUseOf(deployed: Deployed | undefined, before: readonly string[] = []): readonly string[] {
  if (deployed === undefined) return [];
  return KINDS.flatMap((kind) => {
    const mw = deployed[kind];
    return (mw === undefined ? before.includes(NAMES[kind]) : mw > 0) ? [NAMES[kind]] : [];
  });
}

/** `load resources 0 MW, ERS 500 MW`, for a person; `not known` where nothing is. */
export function deployedText(deployed: Deployed): string {
  const said = KINDS.flatMap((kind) => (deployed[kind] === undefined ? [] : [`${NAMES[kind]} ${deployed[kind]} MW`]));
  return said.length === 0 ? "not known" : said.join(", ");
}

/** The line for an operator's log where a deployment begins or ends. */
export function deploymentWord(inUse: readonly string[], deployed: Deployed, scedAt: Instant, at: Instant): Word {
  const text = inUse.length === 0 ? "ERCOT's deployments are over" : `ERCOT deploys ${inUse.join(", ")}`;
  return { level: "warn", text, fields: { at, scedAt, ...deployed } };
}

import type { Instant } from "../units/instant.ts";
import type { Word } from "./marketFact.ts";

/** What is deployed, MW. */
export interface Deployed {
  /** Load resources that are not controllable. */
  readonly loadResourcesMw: number;
  /** Emergency response service (ERS). */
  readonly ersMw: number;
  /** Large load; absent where ERCOT does not say. */
  readonly largeLoadMw?: number;
}

/** What a row or a message says is deployed, as numbers. */
export function deployedOf({
  loadResourcesMw,
  ersMw,
  largeLoadMw,
}: Readonly<Record<"loadResourcesMw" | "ersMw", string | number>> & {
  readonly largeLoadMw?: string | number;
}): Deployed {
  return {
    loadResourcesMw: Number(loadResourcesMw),
    ersMw: Number(ersMw),
    ...(largeLoadMw === undefined ? {} : { largeLoadMw: Number(largeLoadMw) }),
  };
}

/** What of it is above zero, by name; nothing where nothing is known. */
export function inUseOf(deployed: Deployed | undefined): readonly string[] {
  return deployed === undefined ? [] : named(deployed).flatMap(([name, mw]) => (mw > 0 ? [name] : []));
}

/** `load resources 0 MW, ERS 500 MW`, for a person. */
export function deployedText(deployed: Deployed): string {
  return named(deployed)
    .map(([name, mw]) => `${name} ${mw} MW`)
    .join(", ");
}

/** The line for an operator's log where a deployment begins or ends. */
export function deploymentWord(inUse: readonly string[], deployed: Deployed, scedAt: Instant, at: Instant): Word {
  const text = inUse.length === 0 ? "ERCOT's deployments are over" : `ERCOT deploys ${inUse.join(", ")}`;
  return { level: "warn", text, fields: { at, scedAt, ...deployed } };
}

function named({ loadResourcesMw, ersMw, largeLoadMw }: Deployed): readonly (readonly [name: string, mw: number])[] {
  return [
    ["load resources", loadResourcesMw],
    ["ERS", ersMw],
    ...(largeLoadMw === undefined ? [] : [["large load", largeLoadMw] as const]),
  ];
}

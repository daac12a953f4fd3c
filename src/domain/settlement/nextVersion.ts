import { sameValue } from "../units/sameValue.ts";
import { entriesToPost } from "./adjust.ts";
import { intervalsLost } from "./intervalsLost.ts";
import type { JournalEntry, SettledDay, SettlementDayInput } from "./model.ts";
import { settle } from "./settle.ts";

/** What becomes of a day that is settled again. */
export type NextVersion =
  /** Nothing that counts has changed: the version before is the answer. */
  | { readonly kind: "unchanged"; readonly version: number; readonly missing: number }
  /** To be posted: `entries` is what the version adds to the journal. */
  | { readonly kind: "settled"; readonly result: SettledDay; readonly entries: readonly JournalEntry[] }
  /** Not to be posted, and why. */
  | { readonly kind: "refused"; readonly why: string };

/**
 * Settles a day on from the version before, if there is one. A version whose own identities do not hold is refused, and
 * one that would lose an interval of a client that was settled before: prices, registers and decisions are only added.
 * @throws SettlementError, UnitError as `settle`
 */
export function nextVersion(
  previous: { readonly input: SettlementDayInput; readonly result: SettledDay } | undefined,
  input: SettlementDayInput,
): NextVersion {
  if (previous !== undefined && hasSameFacts(previous.input, input))
    return { kind: "unchanged", version: previous.input.version, missing: previous.result.missing.length };
  const what = `Settlement of ${input.siteId} ${input.operatingDay}`;
  const result = settle(input);
  const broken = result.checks.filter((check) => !check.holds);
  if (broken.length > 0) {
    const sides = broken.map((check) => `${check.name}: ${check.left} against ${check.right}`).join("; ");
    return { kind: "refused", why: `${what} breaks its own identities and is not posted: ${sides}` };
  }
  const lost = previous === undefined ? [] : intervalsLost(previous.result, result, input.foundFrozenLater);
  if (lost.length > 0)
    return {
      kind: "refused",
      why:
        `${what} version ${input.version} would take back what version ${previous?.input.version} settled and is not ` +
        `posted: ${lost.length} intervals of clients, first ${lost[0]}. Prices, registers and decisions are never ` +
        `lost: look for a client, contract or meter that the configuration no longer has, put it back with its last ` +
        `day, and settle again.`,
    };
  return { kind: "settled", result, entries: entriesToPost(previous?.result, result) };
}

/** Version number and kind are labels; the rest is what money follows from. */
function hasSameFacts(one: SettlementDayInput, other: SettlementDayInput): boolean {
  return sameValue({ ...one, version: 0, kind: "" }, { ...other, version: 0, kind: "" });
}

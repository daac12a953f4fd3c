import { awardCode, awardProduct } from "../market/awardProducts.ts";
import type { CapacityProduct } from "../market/capacityProducts.ts";
import type { DecimalText } from "../units/decimal.ts";
import type { Instant } from "../units/instant.ts";
import type { AsAward } from "./asAward.ts";
import { awardDoubts } from "./awardDoubts.ts";
import { decimalMw, instant, listOf, name, object, optional } from "./checks.ts";
import type { MessageEvidence } from "./gridInstruction.ts";
import type { About, Absorbed, SiteFact, SiteView } from "./siteFact.ts";
import type { Told } from "./told.ts";

/** Awards of one message that are of a site. */
export interface AsAwardsInput extends Told {
  readonly kind: "as-awards";
  readonly awards: readonly Omit<AsAward, "siteId">[];
  readonly sender: string;
  readonly evidence: MessageEvidence;
}

/** An award as a site holds it. */
export interface HeldAward {
  readonly resource: string;
  readonly qse: string;
  /** As ERCOT names it. */
  readonly asType: string;
  /** The service that it is a kind of. */
  readonly product: CapacityProduct;
  /** `DAM`, `SASM`, `RTM`; absent where it does not say. */
  readonly marketType?: string;
  readonly startsAt: Instant;
  readonly endsAt: Instant;
  readonly awardedMw: DecimalText;
  /** Of the message that brought it. */
  readonly contentHash: string;
  readonly receivedAt: Instant;
}

/** Awards whose end has not come, in the order of their start; absent where there are none. */
export interface KnownAwards {
  readonly asAwards?: readonly HeldAward[];
}

/** What an award says that counts here. */
type Said = Omit<AsAward, "siteId" | "tradingDate">;

/** Awards that a site holds at once: each stands in every record. Two days of seven types by the hour are 336. */
const AWARDS_MAX = 400;
/** Of what is wrong with the awards of one message. */
const PROBLEMS_TOLD = 10;

/** Ancillary services that ERCOT awarded to the site's resources: what of its load must be there to be dropped. */
export const asAwards: SiteFact<AsAwardsInput, KnownAwards, KnownAwards, KnownAwards> = {
  kind: "as-awards",
  scope: "site",
  called: "awards of ancillary services",
  messages: {
    "as-awards": {
      awards: listOf(
        object({
          resource: name,
          qse: name,
          asType: name,
          marketType: optional(name),
          tradingDate: name,
          startsAt: instant,
          endsAt: instant,
          awardedMw: decimalMw,
        }),
      ),
      sender: name,
      evidence: object({ door: name, contentHash: name, receivedAt: instant }),
    },
  },
  none: {},
  absorb: ({ asAwards: known = [] }, input, about) => {
    const { contentHash, receivedAt } = input.evidence;
    const problems = new Set<string>();
    let held = known;
    for (const { tradingDate: _, ...award } of input.awards) {
      const product = awardProduct(award.asType);
      const problem = product === undefined ? `${named(award)} is of no service known here` : spanProblem(award);
      if (problem !== undefined) problems.add(problem);
      if (product === undefined || problem !== undefined) continue;
      const next = heldWith(held, { ...award, product, contentHash, receivedAt }, about.asOf);
      if (next !== held) for (const doubt of doubtsOf(award, about.site)) problems.add(doubt);
      held = next;
    }
    return changed(known, held, [...problems], about);
  },
  freeze: ({ asAwards: known = [] }, { asOf }) => standing(known, asOf),
  after: ({ asAwards: known = [] }, asOf) => (known.length === 0 ? {} : { asAwards: unended(known, asOf) }),
  recovered: (records, { asOf }) => standing(records.at(-1)?.asAwards ?? [], asOf),
  /** The load that must be there changes where an award begins or ends. */
  changesAt: ({ asAwards: known = [] }, { site, asOf }) =>
    site.reserve === undefined
      ? undefined
      : known
          .flatMap(({ startsAt, endsAt }) => [startsAt, endsAt])
          .filter((moment) => moment > asOf)
          .toSorted()[0],
};

/** An award takes the place of an older word on the same resource, type, market and start. */
function heldWith(known: readonly HeldAward[], award: HeldAward, asOf: Instant): readonly HeldAward[] {
  const before = known.find((one) => keyOf(one) === keyOf(award));
  if (before !== undefined && before.receivedAt > award.receivedAt) return known;
  const others = known.filter((one) => one !== before);
  return award.endsAt > asOf ? [...others, award] : others;
}

function changed(
  known: readonly HeldAward[],
  held: readonly HeldAward[],
  problems: readonly string[],
  { site, asOf }: About,
): Absorbed<KnownAwards> {
  if (held === known) return { patch: {}, relevant: false, ...told(problems) };
  const inOrder = unended(held, asOf).toSorted((a, b) =>
    a.startsAt < b.startsAt ? -1 : a.startsAt > b.startsAt ? 1 : 0,
  );
  const kept = inOrder.slice(0, AWARDS_MAX);
  const left = inOrder.length - kept.length;
  const said = [
    ...(left > 0 ? [`${left} awards are left out, at most ${AWARDS_MAX} are held; those that start last`] : []),
    ...(site.reserve === undefined ? ["the site's file has no reserve: nothing is kept on for its awards"] : []),
    ...problems,
  ];
  return { patch: { asAwards: kept }, relevant: site.reserve !== undefined, ...told(said) };
}

/** Why the site should not have it, the same for all awards alike; nothing is owed of 0 MW. */
function doubtsOf(award: Said, { reserve }: SiteView): readonly string[] {
  if (reserve === undefined || Number(award.awardedMw) === 0) return [];
  return awardDoubts(award, reserve, award.startsAt).map((doubt) => `awarded and owed, though ${doubt}`);
}

function told(problems: readonly string[]): Pick<Absorbed<KnownAwards>, "problem"> {
  if (problems.length === 0) return {};
  const more = problems.length - PROBLEMS_TOLD;
  return { problem: [...problems.slice(0, PROBLEMS_TOLD), ...(more > 0 ? [`and ${more} more`] : [])].join("; ") };
}

function named({ resource, asType, awardedMw, startsAt }: Said): string {
  return `award of ${awardedMw} MW ${asType} to ${resource} from ${startsAt}`;
}

function spanProblem(award: Said): string | undefined {
  return award.endsAt > award.startsAt ? undefined : `${named(award)} ends at ${award.endsAt}, before it begins`;
}

function keyOf({ resource, asType, marketType, startsAt }: HeldAward): string {
  return JSON.stringify([resource, awardCode(asType), marketType ?? "", startsAt]);
}

function unended(known: readonly HeldAward[], asOf: Instant): readonly HeldAward[] {
  return known.filter(({ endsAt }) => endsAt > asOf);
}

function standing(known: readonly HeldAward[], asOf: Instant): KnownAwards {
  const left = unended(known, asOf);
  return left.length === 0 ? {} : { asAwards: left };
}

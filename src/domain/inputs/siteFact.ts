import type { PeakRuling } from "../market/peakPlan.ts";
import type { SettlementPoint } from "../market/settlementPoint.ts";
import type { CohortId } from "../units/ids.ts";
import type { Instant } from "../units/instant.ts";
import type { Eligibility } from "./awardDoubts.ts";
import type { Members } from "./checks.ts";
import type { KnownSilence } from "./knownSilence.ts";
import type { HashpriceRule } from "./madeHashprice.ts";
import type { Told } from "./told.ts";

/** A feed that is one of several sources of a fact. */
export interface ListedSource {
  /** Id of the feed. */
  readonly source: string;
  /** Age of what it said last at which it is silent, market seconds. */
  readonly silentAfterSeconds: number;
}

/** What of a site its facts go by. */
export interface SiteView extends SettlementPoint {
  readonly staleness: {
    readonly scedPriceSeconds: number;
    readonly gridConditionSeconds: number;
    readonly hashpriceSeconds: number;
  };
  readonly economic: { readonly adderShare: number };
  readonly onPrcPreAlert: string;
  readonly gridSource: "feed" | "assumed-normal";
  /** How a hashprice is made where no source says it as a whole; absent where one does. */
  readonly hashprice?: HashpriceRule;
  /** The feeds of each kind of fact that is known by source; what another one said counts no more. */
  readonly factSources?: Readonly<Record<string, readonly ListedSource[]>>;
  /** How it plans for coincident peaks; absent where it does not. */
  readonly coincidentPeak?: PeakRuling;
  readonly cohorts: readonly { readonly cohortId: CohortId }[];
  /** Absent where the site sells no ancillary services: then no award decides anything. */
  readonly reserve?: Eligibility;
}

/** When and for whom a fact is taken up. */
export interface About {
  readonly site: SiteView;
  /** Market time of the site with this input. */
  readonly asOf: Instant;
  /** What the machines of some cohorts, or the whole site where none are named, are ordered to take now, kW. */
  readonly loadKw: (cohortIds: readonly CohortId[] | undefined) => number;
}

/** What taking up an input comes to. */
export interface Absorbed<P> {
  /** What is known of the fact from here on; what it does not name stays. */
  readonly patch: Partial<P>;
  /** Whether a decision could come out otherwise because of it. */
  readonly relevant: boolean;
  /** It ends the silence of its feed: of `source`, where the plan lists several. */
  readonly isHeard?: true;
  readonly source?: string;
  /** A feed that fell silent or is heard again: it matters where its silence changes decisions. */
  readonly turned?: string;
  /** Whatever it changes, nothing is decided on it: a newer one follows. */
  readonly isOvertaken?: true;
  /** Commands may go again. */
  readonly resumes?: true;
  /** Why it is not taken up as it asks, for a person. */
  readonly problem?: string;
}

/** When what is known is frozen into a decision. */
export interface Freezing {
  readonly site: SiteView;
  readonly asOf: Instant;
  /** Of the settlement interval that contains `asOf`. */
  readonly intervalStart: Instant;
}

/** What a site does when the fact is silent, by its `onSilence`. */
export interface SilenceRule<F> {
  /** Key of the site's policy. */
  readonly policy: "scedPrice" | "hashprice" | "gridCondition" | "meter";
  /** What `hold` keeps: the modes, or the last level, and then it only starts nothing. */
  readonly holds: "modes" | "level";
  /** Carrying on without it is running everything: there is no price to decide by. */
  readonly isPrice?: true;
  /** It is taken as given and never silent. */
  isAssumed?(frozen: F): boolean;
  /** Beside its age and its watcher's word: there is nothing to decide by. */
  isMissing?(frozen: F, at: Freezing): boolean;
}

/** Age limit of what is known. */
export interface AgeRule<F> {
  /** The moment that it is about; undefined when nothing is known. */
  since(frozen: F): Instant | undefined;
  limitSeconds(site: SiteView): number;
}

/**
 * A kind of fact that a site knows: `I` as it arrives, `R` what of the known facts it looks at, `P` what is known of
 * it (plain JSON, carried from run to run), `F` as a decision sees it and its record keeps it.
 */
export interface SiteFact<I extends Told, R, P, F> {
  readonly kind: string;
  /** One for the whole grid, one a settlement point, or one a site. */
  readonly scope: "system" | "point" | "site";
  /** What a person calls it. */
  readonly called: string;
  /** What each message that brings it must hold beside kind, id and at. */
  readonly messages: Readonly<Record<I["kind"], Members>>;
  /** Messages of other facts that it hears too. */
  readonly overhears?: readonly string[];
  /** An operator's word: it comes as an update and is answered. */
  readonly isAsked?: true;
  /** It cannot change a decision before the next SCED run: it rides in that one's signal. */
  readonly rides?: true;
  /** Feeds or watchers may fall silent of it. */
  readonly isWatched?: true;
  /** Before the first. */
  readonly none: P;
  /** Id of the same word without its settlement point: a site that knows it by that one does not take it twice. */
  idWithoutPoint?(input: I): string;
  /** What else is wrong with a message whose members hold. */
  problem?(input: I): string | undefined;
  /** What time alone has changed by the moment of an input: it comes first, as if somebody had looked just before. */
  elapsed?(known: R, about: About): Absorbed<P>;
  absorb(known: R, input: I, about: About): Absorbed<P>;
  freeze(known: R, at: Freezing): F;
  /** What stays of the known facts once a decision of `asOf` is recorded that takes load down for some reasons. */
  after?(known: R, asOf: Instant, site: SiteView, taking?: readonly string[]): Partial<P>;
  /** What the records of a site, oldest first, still say; `at` is that of the newest. */
  recovered(records: readonly F[], at: Freezing): P;
  readonly ages?: AgeRule<F>;
  /** When it changes by itself after `at`. */
  changesAt?(frozen: F & KnownSilence, at: Freezing): Instant | undefined;
  readonly silence?: SilenceRule<F>;
}

import type { DecisionRecord } from "../domain/decision/model.ts";
import type { Split } from "../domain/decision/split.ts";
import type { AsAward } from "../domain/inputs/asAward.ts";
import type { Freeze } from "../domain/inputs/freezes.ts";
import type { GridInstruction } from "../domain/inputs/gridInstruction.ts";
import type { InvoluntaryTripInput } from "../domain/inputs/involuntaryTrip.ts";
import type { SafetyStop } from "../domain/inputs/safetyStops.ts";
import type { TakenInstruction } from "../domain/inputs/instructionWord.ts";
import type { MachineReading } from "../domain/dispatch/model.ts";
import type { ClientId, CohortId, MachineId, MeterId, SiteId } from "../domain/units/ids.ts";
import type { Instant } from "../domain/units/instant.ts";
import type { MeterReading } from "../domain/verification/model.ts";
import type { Door } from "./instructionLedger.ts";
import type { RunSpan } from "./siteLedger.ts";
import type { KeptStopInput } from "./stopInputs.ts";

/** What of a site is looked at: its meters, and the feeds it rests on. */
export interface SiteScope {
  readonly siteId: SiteId;
  readonly siteMeterId: MeterId;
  readonly meterIds: readonly MeterId[];
  readonly feedIds: readonly string[];
}

/** What the tables say about one site, read at one moment. What has not happened yet is absent. */
export interface SiteStatusRows {
  readonly latest?: DecisionRecord;
  /** The last decision that moved a cohort. */
  readonly latestChange?: DecisionRecord;
  /** Commanded mode of each cohort. */
  readonly modes: readonly CommandedMode[];
  /** Who stopped commands to the site or a cohort, since when and why. */
  readonly freezes: readonly Freeze[];
  /** Newest read of the site meter: of an interval boundary, or what a look between two showed. */
  readonly meter?: MeterNow;
  /** Meters whose register was not read at the site's newest interval boundary. */
  readonly unreadMeters: readonly UnreadMeter[];
  readonly verdict?: {
    readonly revision: number;
    readonly outcome: string;
    readonly measuredDeltaKw?: number;
    readonly seconds?: number;
    readonly sentence: string;
    readonly closedAt: Instant;
    /** What the site meter showed for it; absent where it judged nothing, or its figure is not kept. */
    readonly meter?: MeterNow;
  };
  /** Newest revision whose dispatch has begun. */
  readonly dispatchedRevision?: number;
  /** What came of that revision's commands so far; absent before the first one is logged. */
  readonly commands?: CommandsNow;
  /** When the newest known grid condition was observed. */
  readonly gridObservedAt?: Instant;
  readonly feeds: readonly FeedStanding[];
  readonly stragglers: number;
  /** Runs that made decisions and whose evidence is not kept, but the one that made the newest: it is open. */
  readonly unexported: readonly RunSpan[];
  /** What the site could not do as asked in the last 24 hours: how often, and the newest. */
  readonly findings: { readonly count: number; readonly newest?: string };
  /** What came through the doors for instructions. */
  readonly doors: DoorsNow;
  /** What is kept for the site to hold machines down, told or not. */
  readonly keptHolds: KeptHolds;
  /** Contacts that were ever looked at. */
  readonly stopInputs: readonly KeptStopInput[];
  /** Settlements and statements that the rules refuse, oldest first. */
  readonly refusals: readonly MoneyRefusal[];
}

/** What holds machines down until a person lets go, as it is kept before the site decides on it. */
export interface KeptHolds {
  /** Involuntary trips that no decision has taken up, ascending. */
  readonly trips: readonly InvoluntaryTripInput[];
  /** Safety stops in force. */
  readonly stops: readonly SafetyStop[];
}

/** What came through the doors of a site. */
export interface DoorsNow {
  /** Each as it was taken, the oldest first; those that ended or were recalled too. */
  readonly instructions: readonly InstructionTaken[];
  /** Messages about the site that were refused in the last 24 hours: how many, and the newest reason. */
  readonly refused: { readonly count: number; readonly newest?: string };
  /** Awards of ancillary services, the newest word on each, by their beginning. */
  readonly awards: readonly AwardTaken[];
}

/** An award as its door took it. */
export interface AwardTaken extends Omit<AsAward, "tradingDate"> {
  /** Whether the site has it in its mailbox. */
  readonly isTold: boolean;
}

/** An instruction with the message that brought its newest content. */
export interface InstructionTaken extends TakenInstruction {
  readonly instruction: GridInstruction;
  /** Whether the site has everything about it in its mailbox. */
  readonly isTold: boolean;
  readonly door: Door;
  readonly contentHash: string;
  readonly receivedAt: Instant;
}

/** One read of the site meter. */
export interface MeterNow {
  readonly readAt: Instant;
  readonly powerKw?: number;
  readonly quality: MeterReading["quality"];
}

/** Machines that one revision commands, counted. Nobody stands in two of the last four figures. */
export interface CommandsNow {
  readonly revision: number;
  readonly ordered: number;
  /** Took the command, or said that they are there already. */
  readonly acknowledged: number;
  /** Read back in the ordered mode, or otherwise, for this revision. */
  readonly asOrdered: number;
  readonly otherwise: number;
  /** Read again since, not for this revision. */
  readonly readSince: number;
  readonly notRead: number;
}

export interface CommandedMode {
  readonly cohortId: CohortId;
  readonly clientId: ClientId;
  readonly split: Split;
  readonly reason: string;
  /** When it was ordered to these modes: what kept it there afterwards changes nothing. */
  readonly since: Instant;
  readonly ableToRun: number;
}

export interface FeedStanding {
  readonly feedId: string;
  /** When a document last came; absent before the first. */
  readonly lastSeenAt?: Instant;
  readonly polledAt: Instant;
  /** Last poll that was answered, with news or without; absent before the first. */
  readonly answeredAt?: Instant;
  /** Since when it waits for its turn to be asked; absent where it does not. */
  readonly waitsSince?: Instant;
  readonly silent: boolean;
}

/** A machine on the operator's list: it did not follow its order. */
export interface StragglerRow {
  readonly machineId: MachineId;
  readonly cohortId?: CohortId;
  readonly revision: number;
  readonly wantedModeId: string;
  readonly state: MachineReading["state"];
  readonly lastOutcome?: string;
  /** Why its state is unknown, else what came of its last command, in the machine's own words. */
  readonly problem?: string;
  readonly since: Instant;
}

/** A refusal that stands. */
export interface MoneyRefusal {
  readonly subject: string;
  readonly problem: string;
  readonly again: string;
  readonly refusedAt: Instant;
}

/** A meter without a register at a boundary. */
export interface UnreadMeter {
  readonly meterId: MeterId;
  readonly boundaryAt: Instant;
  /** Newest boundary at which its register was read; absent when it never was. */
  readonly lastReadAt?: Instant;
}

/** A verdict as it closed. */
export interface ClosedVerdict {
  readonly revision: number;
  readonly outcome: string;
  readonly sentence: string;
  readonly closedAt: Instant;
}

/**
 * What a running site has committed, for whoever looks at it; changes nothing. Throws PortUnavailableError when the
 * database is away.
 */
export interface SiteRecords {
  /** One site at one moment, all of it from one snapshot. */
  status(site: SiteScope): Promise<SiteStatusRows>;
  /** The operator's list, oldest first. */
  stragglers(siteId: SiteId): Promise<readonly StragglerRow[]>;
  /** Decisions with a higher sequence, ascending. */
  decisionsAfter(siteId: SiteId, sequence: number): Promise<readonly DecisionRecord[]>;
  /** Verdicts of higher revisions, ascending; with `closedBy` those that had closed then. */
  verdictsAfter(siteId: SiteId, revision: number, closedBy?: Instant): Promise<readonly ClosedVerdict[]>;
  /** The register's read of the newest interval boundary up to an instant. */
  boundaryRead(siteId: SiteId, meterId: MeterId, until: Instant): Promise<MeterNow | undefined>;
}

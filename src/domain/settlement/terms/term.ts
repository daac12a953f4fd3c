import type { OperatingDay } from "../../market/model.ts";
import type { CentsPerMwh, EnergyWh, ExactE8 } from "../../units/money.ts";
import type { Supply } from "../supply.ts";
import type { BlockSupply } from "../supplyBlocks.ts";

/** What a contract says of one term; `clause` is cited on the statement line. */
export interface KindOfTerms {
  readonly kind: string;
  readonly clause: string;
}

/** What a line of a statement says of itself. */
export interface LineWords {
  readonly description: string;
  readonly quantity?: string;
  readonly unit?: string;
  readonly unitPrice?: string;
  /** How the amount came about, line by line. */
  readonly buildUp: readonly string[];
}

/** A column of the interval file that shows a part of the terms. */
export interface TermColumn<Terms> {
  readonly name: string;
  readonly unit: string;
  readonly meaning: string;
  /** A plain decimal, or words. */
  readonly form: "number" | "text";
  value(terms: Terms, supply: Supply, day: OperatingDay): string | undefined;
}

/** Which guides name a kind of terms: all, as they did from the first on, or those of statements that have it. */
type Guides = "all" | "its own";

/** What every kind of terms says to a person. */
interface Told<Terms> {
  readonly columns: readonly TermColumn<Terms>[];
  /** In the summary of a site, a few words. */
  summarize(terms: Terms): string;
  readonly guides: Guides;
}

/** One interval of one client as its energy is charged. */
export interface ChargedEnergy {
  /** Contract and version, for an error's text. */
  readonly contract: string;
  readonly supply: Supply;
  readonly blocks: BlockSupply;
  readonly price: CentsPerMwh;
  readonly energyWh: EnergyWh;
  readonly curtailedWh: EnergyWh;
}

/** An interval that a line adds up; Wh and cents/MWh as integer text. */
export interface ChargedInterval {
  readonly intervalKey: string;
  readonly energyWh: string;
  readonly curtailedWh: string;
  readonly priceCentsPerMwh: string;
}

/** What a line of charges adds up, for its words. */
export interface ChargedLine {
  readonly intervals: readonly ChargedInterval[];
  /** Exact 10⁻⁸ USD. */
  readonly amount: ExactE8;
  readonly supply: Supply;
}

/** One charge of a kind of energy terms. */
export interface Charge<Terms> {
  /** Code of the statement line. */
  readonly code: string;
  /** Account that is credited where the client's receivable is debited. */
  readonly account: string;
  /** How its column of the interval file follows from the other columns. */
  readonly formula: string;
  explain(terms: Terms, line: ChargedLine): LineWords;
}

/** How a kind of contract charges energy. */
export interface EnergyTerm<Terms extends KindOfTerms> extends Told<Terms> {
  readonly kind: Terms["kind"];
  /** In the order of the statement. */
  readonly charges: readonly Charge<Terms>[];
  /** Whether the client carries a part of the site's supply, so that its changes are changes of the terms. */
  readonly carriesSupply: boolean;
  /** The kind in the guide's words. */
  readonly words: string;
  /**
   * What is owed in one interval by charge code, exact 10⁻⁸ USD, due from the client positive. @throws SettlementError
   * for terms that contradict the supply
   */
  accrue(terms: Terms, energy: ChargedEnergy): Readonly<Record<string, ExactE8>>;
  /** The terms in plain sentences. */
  describe(terms: Terms, supply: Supply): readonly string[];
}

/** Curtailed energy whose value is shared. */
export interface CreditedEnergy {
  readonly price: CentsPerMwh;
  readonly curtailedWh: EnergyWh;
  /** G = price × curtailed energy, exact 10⁻⁸ USD. */
  readonly gross: ExactE8;
}

/** How a kind of contract shares the value of curtailed energy. */
export interface CreditTerm<Terms extends KindOfTerms> extends Told<Terms> {
  readonly kind: Terms["kind"];
  /** The client's part in the guide's words, with dE, S, K and a as the guide has them. */
  readonly formula: string;
  /** The client's part, exact 10⁻⁸ USD; the host has the rest. @throws SettlementError for a share outside 0..1 */
  accrue(terms: Terms, energy: CreditedEnergy): ExactE8;
  /** The client's part in plain words. */
  describe(terms: Terms): string;
}

/** The days of a calendar month that are charged under one contract. */
export interface ChargedDays {
  readonly month: string;
  readonly days: number;
  readonly daysOfMonth: number;
}

/** A charge by days, of which a contract has fields of its own. */
export interface MonthlyTerm<Fields> {
  /** Code of the statement line. */
  readonly code: string;
  /** In a journal entry. */
  readonly title: string;
  /** Account that is credited where the client's receivable is debited. */
  readonly account: string;
  /** Where the line's source is cited. */
  readonly clause: string;
  /** Exact 10⁻⁸ USD; undefined where the contract does not have it. */
  accrue(fields: Fields, days: ChargedDays): ExactE8 | undefined;
  explain(fields: Fields, days: ChargedDays): LineWords;
  describe(fields: Fields): string;
  readonly guides: Guides;
  readonly columns: readonly (Omit<TermColumn<Fields>, "value"> & { value(fields: Fields): string | undefined })[];
}

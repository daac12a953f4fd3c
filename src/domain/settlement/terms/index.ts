import type { OperatingDay } from "../../market/model.ts";
import type { ExactE8 } from "../../units/money.ts";
import type { Supply } from "../supply.ts";
import { fixedFee } from "./fixedFee.ts";
import { fixedRate } from "./fixedRate.ts";
import { grossShare } from "./grossShare.ts";
import { netOfStrike } from "./netOfStrike.ts";
import { passThrough } from "./passThrough.ts";
import { supplyResale } from "./supplyResale.ts";
import type {
  Charge,
  ChargedEnergy,
  ChargedLine,
  CreditedEnergy,
  CreditTerm,
  EnergyTerm,
  KindOfTerms,
  LineWords,
  MonthlyTerm,
} from "./term.ts";

/** How contracts charge energy, by kind. */
const ENERGY = {
  "fixed-rate": fixedRate,
  "pass-through": passThrough,
};

/** How contracts share the value of curtailed energy, by kind. */
const CREDIT = {
  "net-of-strike": netOfStrike,
  "gross-share": grossShare,
  "supply-resale": supplyResale,
};

/** What contracts charge by days, in the order of the statement. */
export const MONTHLY_TERMS = [fixedFee];

type TermsOf<Term> =
  Term extends EnergyTerm<infer Terms> ? Terms : Term extends CreditTerm<infer Terms> ? Terms : never;
type TermsByKind<Terms extends KindOfTerms> = {
  readonly [Kind in Terms["kind"]]: Extract<Terms, { readonly kind: Kind }>;
};

/** What a contract says of energy, by its kind. */
export type EnergyTerms = TermsOf<(typeof ENERGY)[keyof typeof ENERGY]>;
/** What a contract says of the value of curtailed energy, by its kind. */
export type CreditTerms = TermsOf<(typeof CREDIT)[keyof typeof CREDIT]>;
/** What a contract says of charges by days. */
export type MonthlyFields = (typeof MONTHLY_TERMS)[number] extends MonthlyTerm<infer Fields> ? Fields : never;

type EnergyByKind = TermsByKind<EnergyTerms>;
type CreditByKind = TermsByKind<CreditTerms>;
const ENERGY_BY_KIND: { readonly [Kind in keyof EnergyByKind]: EnergyTerm<EnergyByKind[Kind]> } = ENERGY;
const CREDIT_BY_KIND: { readonly [Kind in keyof CreditByKind]: CreditTerm<CreditByKind[Kind]> } = CREDIT;

/** All kinds in the order in which statements and guides name them. */
export const ENERGY_TERMS = Object.values(ENERGY);
export const CREDIT_TERMS = Object.values(CREDIT);

/** A charge as statement and journal know it, whatever the terms. */
export interface AnyCharge extends Pick<Charge<never>, "code" | "account" | "formula"> {
  readonly guides: "all" | "its own";
}

/** Every charge of every kind, in the order of the statement. */
export const CHARGES: readonly AnyCharge[] = ENERGY_TERMS.flatMap(({ charges, guides }): readonly AnyCharge[] =>
  charges.map(({ code, account, formula }) => ({ code, account, formula, guides })),
);

/** What a contract's energy terms charge for one interval, exact 10⁻⁸ USD by charge code. @throws SettlementError */
export function accrueEnergy(terms: EnergyTerms, energy: ChargedEnergy): Readonly<Record<string, ExactE8>> {
  return withEnergy(terms, (term, own) => term.accrue(own, energy));
}

/** The words of a statement line of a charge; undefined for a charge that the terms do not have. */
export function explainCharge(terms: EnergyTerms, code: string, line: ChargedLine): LineWords | undefined {
  return withEnergy(terms, (term, own) => term.charges.find((charge) => charge.code === code)?.explain(own, line));
}

/** A contract's energy terms in plain sentences. */
export function describeEnergy(terms: EnergyTerms, supply: Supply): readonly string[] {
  return withEnergy(terms, (term, own) => term.describe(own, supply));
}

/** Whether a change of the site's supply is a change of the terms. */
export function carriesSupply(terms: EnergyTerms): boolean {
  return withEnergy(terms, (term) => term.carriesSupply);
}

/** The client's part of the value of curtailed energy, exact 10⁻⁸ USD. @throws SettlementError */
export function accrueCredit(terms: CreditTerms, energy: CreditedEnergy): ExactE8 {
  return withCredit(terms, (term, own) => term.accrue(own, energy));
}

/** The client's part of the value of curtailed energy in plain words. */
export function describeCredit(terms: CreditTerms): string {
  return withCredit(terms, (term, own) => term.describe(own));
}

/** Energy and credit terms in a few words each, for the summary of a site. */
export function summarizeTerms(contract: { readonly energy: EnergyTerms; readonly credit: CreditTerms }): {
  readonly energy: string;
  readonly credit: string;
} {
  return {
    energy: withEnergy(contract.energy, (term, own) => term.summarize(own)),
    credit: withCredit(contract.credit, (term, own) => term.summarize(own)),
  };
}

/** What stands in a column of the interval file under some terms; undefined where they do not have it. */
export function termValue(
  { energy, credit }: { readonly energy: EnergyTerms; readonly credit: CreditTerms },
  name: string,
  supply: Supply,
  day: OperatingDay,
): string | undefined {
  return (
    withEnergy(energy, (term, own) => term.columns.find((one) => one.name === name)?.value(own, supply, day)) ??
    withCredit(credit, (term, own) => term.columns.find((one) => one.name === name)?.value(own, supply, day))
  );
}

type OneEnergy<Kind extends keyof EnergyByKind> = {
  readonly [One in Kind]: EnergyByKind[One] & { readonly kind: One };
}[Kind];
type OneCredit<Kind extends keyof CreditByKind> = {
  readonly [One in Kind]: CreditByKind[One] & { readonly kind: One };
}[Kind];

function withEnergy<Kind extends keyof EnergyByKind, Result>(
  terms: OneEnergy<Kind>,
  use: <Terms extends KindOfTerms>(term: EnergyTerm<Terms>, terms: Terms) => Result,
): Result {
  return use(ENERGY_BY_KIND[terms.kind], terms);
}

function withCredit<Kind extends keyof CreditByKind, Result>(
  terms: OneCredit<Kind>,
  use: <Terms extends KindOfTerms>(term: CreditTerm<Terms>, terms: Terms) => Result,
): Result {
  return use(CREDIT_BY_KIND[terms.kind], terms);
}

import type { CreditTerm, KindOfTerms } from "./term.ts";

interface SupplyResale extends KindOfTerms {
  readonly kind: "supply-resale";
}

/** All of S·ΔE, also a negative one: the client's own block is resold, its supply is charged as if it had run. */
export const supplyResale: CreditTerm<SupplyResale> = {
  kind: "supply-resale",
  formula: "all of S × dE, also of a negative price.",
  accrue: (_terms, { gross }) => gross,
  describe: () => "all of it, your block is resold",
  summarize: () => "resale of the client's block",
  columns: [],
  guides: "all",
};

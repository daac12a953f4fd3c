import { allocate } from "../units/allocate.ts";
import { atUsdPerMwh, energyValue } from "../units/money.ts";
import type { CentsPerMwh, EnergyWh, ExactE8, UsdE8 } from "../units/money.ts";
import { ZERO, compare, minus, plus, rational, rationalOfDecimal, times } from "../units/rational.ts";
import type { Rational } from "../units/rational.ts";
import { SettlementError } from "./errors.ts";
import type { CreditTerms } from "./model.ts";

/**
 * Who gets what of G = S·ΔE. `clientE8` + `hostE8` = `grossE8`; `client` is the exact amount the statement line adds
 * up.
 */
export interface CreditShare {
  readonly grossE8: UsdE8;
  readonly client: ExactE8;
  readonly clientE8: bigint;
  readonly hostE8: bigint;
}

/**
 * Splits the gross credit of curtailed energy between client and host by contract. Amounts in 10⁻⁸ USD.
 * - net-of-strike: K·ΔE + a·(S − K)·ΔE above the strike K; S·ΔE at or below it; never below 0.
 * - gross-share: a·S·ΔE; nothing of a negative price unless the contract shares it.
 * - supply-resale: all of S·ΔE, also a negative one, since the client's supply is charged as if it had run.
 * The host has the rest, so a negative price is the host's cost where the client does not share it.
 * Where the client's exact amount is finer than 10⁻⁸, the journal's pair is split by largest remainder.
 * @throws SettlementError when a share is outside 0..1.
 */
export function creditShare(terms: CreditTerms, price: CentsPerMwh, curtailed: EnergyWh): CreditShare {
  const grossE8 = energyValue(price, curtailed);
  const client = clientAmount(terms, rational(grossE8), price, curtailed);
  if (client.den === 1n) return { grossE8, client, clientE8: client.num, hostE8: grossE8 - client.num };
  const clientE8 = wholePart(client, rational(grossE8));
  return { grossE8, client, clientE8, hostE8: grossE8 - clientE8 };
}

function clientAmount(terms: CreditTerms, gross: Rational, price: CentsPerMwh, curtailed: EnergyWh): ExactE8 {
  switch (terms.kind) {
    case "supply-resale":
      return gross;
    case "gross-share":
      return price < 0n && !terms.sharesNegative ? ZERO : times(share(terms.clientShare), gross);
    case "net-of-strike": {
      const a = share(terms.clientShare);
      const strikeValue = atUsdPerMwh(terms.strikeUsdPerMwh, rational(curtailed));
      const aboveStrike = compare(gross, strikeValue) > 0;
      const amount = aboveStrike ? plus(strikeValue, times(a, minus(gross, strikeValue))) : gross;
      return compare(amount, ZERO) < 0 ? ZERO : amount;
    }
  }
}

/**
 * The client's amount in whole 10⁻⁸ next to the host's. Both have the gross credit's sign here, so they are weights of
 * it.
 */
function wholePart(client: ExactE8, gross: Rational): bigint {
  const host = minus(gross, client);
  const magnitude = (value: Rational) => (value.num < 0n ? rational(-value.num, value.den) : value);
  const [clientShare] = allocate(gross.num, [
    { id: "client", weight: magnitude(client) },
    { id: "host", weight: magnitude(host) },
  ]);
  return (clientShare as { amount: bigint }).amount;
}

function share(text: string): Rational {
  const value = rationalOfDecimal(text);
  if (compare(value, ZERO) < 0 || compare(value, rational(1n)) > 0) {
    throw new SettlementError(`credit terms: clientShare is ${text}; expected a share from 0 to 1, such as 0.70`);
  }
  return value;
}

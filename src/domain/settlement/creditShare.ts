import { allocate } from "../units/allocate.ts";
import { energyValue, postable } from "../units/money.ts";
import type { CentsPerMwh, EnergyWh, ExactE8, UsdE8 } from "../units/money.ts";
import { minus, rational } from "../units/rational.ts";
import type { Rational } from "../units/rational.ts";
import { accrueCredit, type CreditTerms } from "./terms/index.ts";

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
 * Splits the gross credit of curtailed energy between client and host by contract. Amounts in 10⁻⁸ USD. The host has
 * the rest, so a negative price is the host's cost where the client does not share it.
 * Where the client's exact amount is finer than 10⁻⁸, the journal's pair is split by largest remainder.
 * @throws SettlementError when a share is outside 0..1.
 */
export function creditShare(terms: CreditTerms, price: CentsPerMwh, curtailed: EnergyWh): CreditShare {
  const grossE8 = energyValue(price, curtailed);
  const client = accrueCredit(terms, { price, curtailedWh: curtailed, gross: rational(grossE8) });
  if (client.den === 1n) return { grossE8, client, clientE8: client.num, hostE8: grossE8 - client.num };
  const clientE8 = wholePart(client, rational(grossE8));
  return { grossE8, client, clientE8, hostE8: grossE8 - clientE8 };
}

/**
 * The client's amount in whole 10⁻⁸ next to the host's. Where both have the gross credit's sign they are weights of it;
 * else the client's is rounded half-even.
 */
function wholePart(client: ExactE8, gross: Rational): bigint {
  const host = minus(gross, client);
  if (gross.num < 0n ? client.num > 0n || host.num > 0n : client.num < 0n || host.num < 0n) return postable(client);
  const magnitude = (value: Rational) => (value.num < 0n ? rational(-value.num, value.den) : value);
  const [clientShare] = allocate(gross.num, [
    { id: "client", weight: magnitude(client) },
    { id: "host", weight: magnitude(host) },
  ]);
  return (clientShare as { amount: bigint }).amount;
}

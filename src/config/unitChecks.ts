import type { z } from "zod";
import { finding, warning } from "./finding.ts";
import type { Finding, Path } from "./finding.ts";
import type { SiteFile } from "./schema/config.ts";
import { CREDIT_FRAGMENTS, ENERGY_FRAGMENTS, type UnitBounds, unitBounds } from "./schema/terms.ts";

/** Ballast's own bounds: what no site pays, so that a number beyond them was written in another unit. */
const CENTS_PER_KWH_MAX = 25;
const USD_PER_MWH_MIN = 1;
const FEE_USD_PER_KW_MONTH_MAX = 200;
const BLOCK_USD_PER_MWH_MAX = 1_000;
const ADDER_USD_PER_MWH_MAX = 100;
/** What is seldom meant: below or above it a slip of the unit or the point is likelier. */
const USUAL_USD_PER_MWH_MIN = 10;
const USUAL_ADDER_USD_PER_MWH_MIN = 0.01;
const POOL_FEE_MAX = 0.5;

/** Prices, rates and fees that can only be in another unit. */
export function unitFindings(file: SiteFile): Finding[] {
  return [
    ...poolFeeFindings(file),
    ...file.clients.flatMap(({ contracts }, client) =>
      contracts.flatMap((contract, i) => contractUnitFindings(contract, ["clients", client, "contracts", i])),
    ),
    ...file.supply.blocks.flatMap(({ priceUsdPerMwh }, i) =>
      perMwhFindings(["supply", "blocks", i, "priceUsdPerMwh"], priceUsdPerMwh, BLOCK_USD_PER_MWH_MAX),
    ),
    ...file.supply.adders.flatMap(({ usdPerMwh }, i) => adderFindings(["supply", "adders", i, "usdPerMwh"], usdPerMwh)),
  ];
}

function contractUnitFindings(
  { energy, credit, fixedFeeUsdPerKwMonth }: SiteFile["clients"][number]["contracts"][number],
  path: Path,
): Finding[] {
  return [
    ...termFindings(ENERGY_FRAGMENTS, energy, [...path, "energy"]),
    ...termFindings(CREDIT_FRAGMENTS, credit, [...path, "credit"]),
    ...(Number(fixedFeeUsdPerKwMonth ?? "0") > FEE_USD_PER_KW_MONTH_MAX
      ? [
          finding(
            [...path, "fixedFeeUsdPerKwMonth"],
            `is ${fixedFeeUsdPerKwMonth}`,
            `$ per kW and month, at most ${FEE_USD_PER_KW_MONTH_MAX}; this looks like $ per MW and month: ` +
              "divide by 1000",
          ),
        ]
      : []),
  ];
}

/** Each rate of some terms against the bounds that its key has. */
function termFindings(
  fragments: readonly z.ZodObject<{ readonly kind: z.ZodLiteral<string> }>[],
  terms: { readonly kind: string },
  path: Path,
): Finding[] {
  const keys: Readonly<Record<string, z.ZodType>> =
    fragments.find(({ shape }) => shape.kind.value === terms.kind)?.shape ?? {};
  return Object.entries(terms).flatMap(([key, value]) => {
    const schema = keys[key];
    const bounds = schema && unitBounds.get(schema);
    if (bounds === undefined) return [];
    const check = bounds.per === "kWh" ? perKwhFindings : perMwhFindings;
    return check([...path, key], String(value), bounds.maxUsd, bounds.usual);
  });
}

function perKwhFindings(path: Path, text: string, maxUsdPerKwh: number, usual: UnitBounds["usual"]): Finding[] {
  const usdPerKwh = Number(text);
  if (usdPerKwh <= maxUsdPerKwh) {
    if (usual === undefined || usdPerKwh === 0) return [];
    const { minUsd, maxUsd } = usual;
    return usdPerKwh >= minUsd && usdPerKwh <= maxUsd
      ? []
      : [warning(path, `is ${text}`, `$/kWh, usually from ${minUsd} to ${maxUsd}; is the point where it should be?`)];
  }
  const unit = Number(text) <= CENTS_PER_KWH_MAX ? "cents per kWh: divide by 100" : "$/MWh: divide by 1000";
  return [finding(path, `is ${text}`, `$/kWh, at most ${maxUsdPerKwh}; this looks like ${unit}`)];
}

function perMwhFindings(path: Path, text: string, maxUsdPerMwh: number): Finding[] {
  const usdPerMwh = Number(text);
  if (usdPerMwh > maxUsdPerMwh) return [finding(path, `is ${text}`, `$/MWh, at most ${maxUsdPerMwh}`)];
  if (usdPerMwh <= 0 || usdPerMwh >= USUAL_USD_PER_MWH_MIN) return [];
  return usdPerMwh >= USD_PER_MWH_MIN
    ? [warning(path, `is ${text}`, `$/MWh, seldom below ${USUAL_USD_PER_MWH_MIN}; cents per kWh would be times 10`)]
    : [finding(path, `is ${text}`, `$/MWh, from ${USD_PER_MWH_MIN}; this looks like $/kWh: times 1000`)];
}

function adderFindings(path: Path, text: string): Finding[] {
  const size = Math.abs(Number(text));
  if (size > ADDER_USD_PER_MWH_MAX) return [finding(path, `is ${text}`, `$/MWh, at most ${ADDER_USD_PER_MWH_MAX}`)];
  return size === 0 || size >= USUAL_ADDER_USD_PER_MWH_MIN
    ? []
    : [warning(path, `is ${text}`, `$/MWh, at least ${USUAL_ADDER_USD_PER_MWH_MIN}; $/kWh would be times 1000`)];
}

function poolFeeFindings({ site: { poolFee } }: SiteFile): Finding[] {
  if (poolFee <= POOL_FEE_MAX) return [];
  const expected = `a share, at most ${POOL_FEE_MAX}; this looks like percent: divide by 100`;
  return [finding(["site", "poolFee"], `is ${poolFee}`, expected)];
}

import { finding } from "./finding.ts";
import type { Finding, Path } from "./finding.ts";
import type { SiteFile } from "./schema/config.ts";

/** Ballast's own bounds: what no site pays, so that a number beyond them was written in another unit. */
const USD_PER_KWH_MAX = 1;
const SPREAD_USD_PER_KWH_MAX = 0.25;
const CENTS_PER_KWH_MAX = 25;
const USD_PER_MWH_MIN = 1;
const FEE_USD_PER_KW_MONTH_MAX = 200;
const POOL_FEE_MAX = 0.5;

/** Prices, rates and fees that can only be in another unit. */
export function unitFindings(file: SiteFile): Finding[] {
  return [
    ...poolFeeFindings(file),
    ...file.clients.flatMap(({ contracts }, client) =>
      contracts.flatMap((contract, i) => contractUnitFindings(contract, ["clients", client, "contracts", i])),
    ),
    ...file.supply.blocks.flatMap(({ priceUsdPerMwh }, i) =>
      perMwhFindings(["supply", "blocks", i, "priceUsdPerMwh"], priceUsdPerMwh),
    ),
  ];
}

function contractUnitFindings(
  { energy, credit, fixedFeeUsdPerKwMonth }: SiteFile["clients"][number]["contracts"][number],
  path: Path,
): Finding[] {
  return [
    ...(energy.kind === "fixed-rate"
      ? perKwhFindings([...path, "energy", "rateUsdPerKwh"], energy.rateUsdPerKwh, USD_PER_KWH_MAX)
      : perKwhFindings([...path, "energy", "spreadUsdPerKwh"], energy.spreadUsdPerKwh, SPREAD_USD_PER_KWH_MAX)),
    ...(credit.kind === "net-of-strike"
      ? perMwhFindings([...path, "credit", "strikeUsdPerMwh"], credit.strikeUsdPerMwh)
      : []),
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

function perKwhFindings(path: Path, text: string, maxUsdPerKwh: number): Finding[] {
  if (Number(text) <= maxUsdPerKwh) return [];
  const unit = Number(text) <= CENTS_PER_KWH_MAX ? "cents per kWh: divide by 100" : "$/MWh: divide by 1000";
  return [finding(path, `is ${text}`, `$/kWh, at most ${maxUsdPerKwh}; this looks like ${unit}`)];
}

function perMwhFindings(path: Path, text: string): Finding[] {
  const usdPerMwh = Number(text);
  if (usdPerMwh <= 0 || usdPerMwh >= USD_PER_MWH_MIN) return [];
  return [finding(path, `is ${text}`, `$/MWh, from ${USD_PER_MWH_MIN}; this looks like $/kWh: times 1000`)];
}

function poolFeeFindings({ site: { poolFee } }: SiteFile): Finding[] {
  if (poolFee <= POOL_FEE_MAX) return [];
  const expected = `a share, at most ${POOL_FEE_MAX}; this looks like percent: divide by 100`;
  return [finding(["site", "poolFee"], `is ${poolFee}`, expected)];
}

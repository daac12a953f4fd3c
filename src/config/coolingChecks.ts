import { feederPue } from "./feederPue.ts";
import { finding, warning } from "./finding.ts";
import type { Finding } from "./finding.ts";
import { hostCount } from "./hosts.ts";
import type { SiteFile } from "./schema/config.ts";

/** Where cooling is metered against what the site meter is said to see of it. */
export function coolingFindings(file: SiteFile): Finding[] {
  return [...nothingMetered(file), ...moreThanSite(file)];
}

function nothingMetered({ meters }: SiteFile): Finding[] {
  return meters.feeders.flatMap(({ cooling }, i) =>
    cooling.meteredAt === "feeder" && cooling.pue === 1
      ? [
          warning(
            ["meters", "feeders", i, "cooling", "pue"],
            "is 1, so the cooling at this feeder would take nothing",
            "above 1, or meteredAt: site where the feeder carries the machines alone",
          ),
        ]
      : [],
  );
}

/** The feeders together are part of what the site meter sees. */
function moreThanSite({ site, cohorts, meters }: SiteFile): Finding[] {
  let machinesW = 0;
  let feedersW = 0;
  for (const { clientId, modes, machines } of cohorts) {
    const factor = feederPue(meters, clientId);
    // a client without a feeder is a finding of its own
    if (factor === undefined) return [];
    const watts = Math.max(...modes.map(({ powerW }) => powerW)) * hostCount(machines.hosts);
    machinesW += watts;
    feedersW += watts * factor;
  }
  if (!(feedersW > machinesW * site.pue * (1 + ROUNDING))) return [];
  const together = Number((feedersW / machinesW).toFixed(4));
  return [
    finding(
      ["site", "pue"],
      `is ${site.pue}, but the feeders alone count ${together} W for each machine W by their cooling.pue`,
      `at least ${together}: the site meter sees everything that the feeders carry`,
    ),
  ];
}

const ROUNDING = 1e-9;

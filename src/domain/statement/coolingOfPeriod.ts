import type { DaySettlement } from "../settlement/model.ts";
import type { ClientId } from "../units/ids.ts";
import { sameValue } from "../units/sameValue.ts";
import type { StatedCooling } from "./model.ts";
import { centralMinute } from "../settlement/centralText.ts";

/**
 * The client's cooling as its settled days say, one entry each time it changes; `undefined` where no day says
 * anything.
 */
export function coolingOfPeriod(clientId: ClientId, days: readonly DaySettlement[]): StatedCooling[] | undefined {
  const told = days.flatMap(({ input, result }): StatedCooling[] => {
    const own = (input.cooling ?? []).filter((one) => one.clientId === clientId);
    const first = result.clientIntervals.find((one) => one.clientId === clientId);
    if (own.length === 0) return first === undefined ? [] : [{ since: first.startAt }];
    return own.map(({ clientId: _client, ...one }) => one);
  });
  const moments = [...Map.groupBy(told, ({ since }) => since).values()];
  const changes = moments.filter((of, i) => i === 0 || !sameValue(factors(of), factors(moments[i - 1] ?? []))).flat();
  return changes.some(({ feederPue }) => feederPue !== undefined) ? changes : undefined;
}

/**
 * Where cooling is metered and what that does to the client's energy, one sentence for each change; two where a part of
 * the machines is counted otherwise than the rest.
 */
export function coolingSentences(cooling: readonly StatedCooling[]): string[] {
  if (cooling.length === 1) return cooling.map(sentence);
  return cooling.map((one) => {
    const isPart = cooling.filter(({ since }) => since === one.since).length > 1;
    return `From ${centralMinute(one.since)}${isPart ? ", a part of your machines" : ""}: ${sentence(one)}`;
  });
}

function factors(cooling: readonly StatedCooling[]): StatedCooling["feederPue"][] {
  return cooling.map(({ feederPue }) => feederPue);
}

function sentence({ feederPue }: StatedCooling): string {
  if (feederPue === undefined)
    return (
      `Where cooling is metered was not kept: your baseline and the energy ordered off count the cooling and losses ` +
      `of the whole site.`
    );
  if (feederPue === 1)
    return (
      `Cooling is metered at the site, not at your feeder: your baseline and the energy ordered off are counted ` +
      `without it, as your feeder meters your machines.`
    );
  return (
    `Cooling is metered at your feeder: your baseline and the energy ordered off count ${feederPue} W there for each ` +
    `W of your machines.`
  );
}

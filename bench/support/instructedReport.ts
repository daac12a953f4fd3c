import type { ObligationsNow } from "../../src/readModels/obligationsNow.ts";
import { msOfInstant } from "../../src/domain/units/instant.ts";
import type { BenchGoal, BenchReport } from "./bench.ts";
import { breachOf, type Duty, secondsUntilThere, type Seen, wrongVerdict } from "./instructedJudge.ts";
import type { Accepted, Stage } from "./instructedActs.ts";
import { peaksMb } from "./machine.ts";
import { restartCommands } from "./restartCommands.ts";

/** What was seen when the script was over. */
export interface InstructedFound {
  readonly seconds: number;
  readonly stuck: readonly string[];
  readonly falseSilences: readonly string[];
  readonly silencesNotEnded: readonly string[];
  readonly untoldWords: readonly string[];
  readonly obligations: readonly ObligationsNow[];
  readonly auditFindings: readonly string[];
}

/** Figures, goals and findings: what was asked of a site, held against its meter and its machines. */
export function instructedReport(options: {
  readonly stage: Stage;
  readonly found: InstructedFound;
  readonly seen: Seen;
  readonly seed: number;
  readonly minutes: number;
  readonly restarts: number;
  readonly workerPid: number;
}): BenchReport {
  const { stage, found, seen, seed, minutes } = options;
  const { log, world } = stage;
  const breaches = log.duties.flatMap((duty) => {
    const why = breachOf(duty, seen);
    return why === undefined ? [] : [{ duty, why }];
  });
  const broken = (is: (duty: Duty) => boolean): string[] =>
    breaches.flatMap(({ duty, why }) => (is(duty) ? [why] : []));
  const isOfTrip = ({ what }: Duty): boolean => what.endsWith("trip") || what.startsWith("told off");
  const isOfStop = ({ what }: Duty): boolean => what.endsWith("stop") || what === "stopped";
  const { doubled } = restartCommands(seen.commands);
  const clocks = found.obligations.flatMap(({ siteId, ended }) => ended.map((clock) => ({ siteId, clock })));
  const findings = {
    instructionsNotObeyed: broken((duty) => duty.kind !== "back" && !isOfTrip(duty) && !isOfStop(duty)),
    instructionsLost: [...log.accepted.flatMap((one) => neverThere(one, seen)), ...found.untoldWords],
    answeredWrong: log.answeredWrong,
    doubleCommands: doubled.map(({ atMs, machineId, command }) => `${machineId} was told ${command} again at ${atMs}`),
    stopsNotObeyed: broken((duty) => duty.kind === "off" && isOfStop(duty)),
    startedUnderStop: broken((duty) => duty.kind === "no-start" && isOfStop(duty)),
    tripsMissed: log.tripsMissed,
    startedUnderTrip: broken((duty) => duty.kind !== "back" && isOfTrip(duty)),
    notBack: broken((duty) => duty.kind === "back"),
    verdictsMissing: log.accepted.flatMap((one) => withoutVerdict(one, found)),
    verdictsWrong: [
      ...clocks.flatMap(({ siteId, clock }) => wrongVerdict(siteId, clock, seen, log.outages) ?? []),
      ...log.accepted.flatMap((one) => againstTheWorld(one, seen, found)),
    ],
    falseSilences: found.falseSilences,
    silencesNotEnded: found.silencesNotEnded,
    stuckWorkflows: found.stuck,
    auditFindings: found.auditFindings,
  };
  const counts = Object.fromEntries(Object.entries(findings).map(([name, list]) => [name, list.length]));
  return {
    inputSize:
      `${world.deployments.length} sites on the real clock for ${minutes} minutes, ` +
      `${world.fleet.machineIds.length} machines`,
    seed,
    figures: {
      ...counts,
      ...log.counts,
      restartCommands: restartCommands(seen.commands).sent,
      verdicts: clocks.length,
      restarts: options.restarts,
      seconds: found.seconds,
    },
    peakMemoryMb: peaksMb({ worker: options.workerPid, "bench with simulators": process.pid }),
    tables: [
      {
        title: "Found",
        columns: ["kind", "what"],
        rows: Object.entries(findings).flatMap(([kind, list]) => list.map((what) => [kind, what])),
      },
      {
        title: "Instructions",
        columns: ["site", "what", "due after, s", "there after, s", "verdict of its clock"],
        rows: log.accepted.map((one) => rowOf(one, seen, found)),
      },
      {
        title: "What went by",
        columns: ["", ""],
        rows: Object.entries({ ...log.counts, verdicts: clocks.length, restarts: options.restarts }).map(
          ([name, value]) => [name, String(value)],
        ),
      },
    ],
    goals: Object.keys(findings).map((figure): BenchGoal => ({ figure, what: figure, limit: 0, sense: "max" })),
    notes: [
      "Counted outside: the simulated site meters' energy second by second without their noise, and the machines' " +
        "true power and own log of commands. Of Ballast's own words only verdicts, silences and evidence are judged.",
      "A load may miss 5 % of what was to come off, and take 2 % more than the nameplates that it is ordered by.",
      "A verdict is right as the world's meter showed within 12 s of it; unknown is right while somebody was away.",
    ],
  };
}

function neverThere({ siteId, id, sentMs, duty }: Accepted, seen: Seen): string[] {
  if (duty.kind !== "at-most") return [];
  return secondsUntilThere(duty, sentMs, seen) === undefined
    ? [`${siteId}, ${id}: accepted, and the load never came`]
    : [];
}

function withoutVerdict({ siteId, id, dueMs }: Accepted, { obligations }: InstructedFound): string[] {
  const now = obligations.find((one) => one.siteId === siteId);
  const isDue = now !== undefined && msOfInstant(now.at) > dueMs + 60_000;
  const has = now?.ended.some(({ instructionId, verdict }) => instructionId === id && verdict !== undefined);
  return isDue && has !== true ? [`${siteId}, ${id}: its clock has come to nothing`] : [];
}

function clockOf({ siteId, id, revision }: Accepted, { obligations }: InstructedFound) {
  const now = obligations.find((one) => one.siteId === siteId);
  return now?.ended.findLast((clock) => clock.instructionId === id && clock.revision === revision);
}

/** A load that was there from its deadline to its end was not short, whatever its clock was measured by. */
function againstTheWorld(one: Accepted, seen: Seen, found: InstructedFound): string[] {
  const { siteId, duty, id, revision } = one;
  const verdict = clockOf(one, found)?.verdict;
  if (verdict?.outcome !== "short" || breachOf(duty, seen) !== undefined) return [];
  return [`${siteId}, ${id} revision ${revision}: "${verdict.sentence}", and the world's meter had what was asked`];
}

function rowOf(one: Accepted, seen: Seen, found: InstructedFound): string[] {
  const { siteId, sentMs, dueMs, duty } = one;
  const there = duty.kind === "at-most" ? secondsUntilThere(duty, sentMs, seen) : undefined;
  const [due, took] = [(dueMs - sentMs) / 1000, there].map((s) => (s === undefined ? "" : s.toFixed(0)));
  return [siteId, duty.what, due ?? "", took ?? "", clockOf(one, found)?.verdict?.sentence ?? ""];
}

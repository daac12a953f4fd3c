import { existsSync } from "node:fs";
import { relative } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * Files that take twenty seconds or more, in the order in which the workers take them: beside two that compute one that
 * waits, and none of them at the end, where the other cores would have nothing left to do.
 */
const HEAVIEST_FIRST = [
  "test/faults/processEvening.test.ts",
  "test/faults/processWorker.test.ts",
  "test/bench/smoke.test.ts",
  "test/replay/realEvening.test.ts",
  "test/app/replayDay.test.ts",
  "test/app/stack.test.ts",
  "test/app/evening.test.ts",
  "test/faults/calendarAutumn.test.ts",
  "test/app/realClock.test.ts",
  "test/app/cliRun.test.ts",
  "test/faults/processClock.test.ts",
  "test/domain/decision/bands.test.ts",
  "test/faults/calendarSpring.test.ts",
  "test/faults/processServers.test.ts",
  "test/corpus/corpus.test.ts",
  "test/faults/feedsSilence.test.ts",
  "test/app/book.test.ts",
  "test/app/demoScenes.test.ts",
  "test/app/cli.test.ts",
  "test/replay/audit.test.ts",
  "test/faults/minersRates.test.ts",
  "test/faults/feedsSettlement.test.ts",
  "test/faults/feedsQuiet.test.ts",
  "test/app/builds.test.ts",
  "test/replay/alarmsAndSwaps.test.ts",
  "test/app/retired.test.ts",
  "test/faults/minersNamed.test.ts",
  "test/faults/orders.test.ts",
  "test/faults/metersDay.test.ts",
  "test/faults/stopsAndTrips.test.ts",
];

/** The heaviest files first, all others in vitest's own order. @throws Error when one of them is not there any more. */
export class HeaviestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const gone = HEAVIEST_FIRST.filter((file) => !existsSync(file));
    if (gone.length > 0) throw new Error(`test/support/heaviestFirst.ts names ${gone.join(", ")}: no such file`);
    const place = ({ moduleId }: TestSpecification): number => {
      const at = HEAVIEST_FIRST.indexOf(relative(process.cwd(), moduleId));
      return at === -1 ? HEAVIEST_FIRST.length : at;
    };
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}

import type { BuildNow, BuildsNow } from "../../../readModels/buildsNow.ts";
import { writeBuildsNow } from "./buildsNow.ts";

/** Where a worker says which builds it serves; each word is written at once, with the file system's errors. */
export class BuildsBoard {
  readonly #file: string;
  #own: BuildNow;
  #older: readonly BuildNow[] = [];

  constructor(file: string, buildId: string) {
    this.#file = file;
    this.#own = { buildId, state: "not current yet" };
  }

  /** This program's build, and what keeps it from being current. */
  own(state: "current" | "not current yet", problem?: string): void {
    this.#own = { ...this.#own, state, problem };
    this.#write({});
  }

  /** The builds before it that have open runs. */
  older(builds: readonly BuildNow[]): void {
    this.#older = builds;
    this.#write({});
  }

  /** Why runs are not pinned to builds, on a server that cannot. */
  unversioned(why: string): void {
    this.#own = { ...this.#own, state: "current" };
    this.#write({ unversioned: why });
  }

  #write(more: Pick<BuildsNow, "unversioned">): void {
    writeBuildsNow(this.#file, { at: new Date().toISOString(), ...more, builds: [this.#own, ...this.#older] });
  }
}

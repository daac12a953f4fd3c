/** One build of a site's workflow code that has work. */
export interface BuildNow {
  readonly buildId: string;
  /**
   * `not current yet`: the server has not taken this program's build as the current one, so new runs wait.
   * `unserved`: no worker runs its bundle; each of its runs goes on by the current build where that fits.
   */
  readonly state: "current" | "not current yet" | "draining" | "unserved";
  /** Runs pinned to it; absent for this program's build. */
  readonly openRuns?: number;
  readonly problem?: string;
}

/** A site's builds, as its worker last saw them. */
export interface BuildsNow {
  /** Real time, ISO 8601. */
  readonly at: string;
  /** Why runs are not pinned to builds, on a server that cannot. */
  readonly unversioned?: string;
  readonly builds: readonly BuildNow[];
}

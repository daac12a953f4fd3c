/** The activity with which a process says that it serves a site's machines and meters. It throws nothing. */
export function answerActivities() {
  return {
    async answerAtSite(): Promise<void> {},
  };
}

import type { AppCommand } from "./command.ts";

/**
 * Every command, in the order of the help. Each is loaded when it is asked for: looking at a site does not wait for the
 * simulators' code.
 */
export const COMMANDS: Readonly<Record<string, () => Promise<AppCommand>>> = {
  demo: async () => (await import("./demo.ts")).demoCommand,
  start: async () => (await import("./start.ts")).startCommand,
  "replay-day": async () => (await import("./replayDay.ts")).replayDayCommand,
  "replay-event": async () => (await import("./replayEvent.ts")).replayEventCommand,
  status: async () => (await import("./status.ts")).statusCommand,
  obligations: async () => (await import("./obligations.ts")).obligationsCommand,
  why: async () => (await import("./why.ts")).whyCommand,
  next: async () => (await import("./next.ts")).nextCommand,
  "operating-plan": async () => (await import("./operatingPlan.ts")).operatingPlanCommand,
  feeds: async () => (await import("./feeds.ts")).feedsCommand,
  order: async () => (await import("./order.ts")).orderCommand,
  ingress: async () => (await import("./ingress.ts")).ingressCommand,
  instruct: async () => (await import("./instruct.ts")).instructCommand,
  gateway: async () => (await import("./gateway.ts")).gatewayCommand,
  site: async () => (await import("./site.ts")).siteCommand,
  apply: async () => (await import("./apply.ts")).applyCommand,
  freeze: async () => (await import("./freeze.ts")).freezeCommand,
  thaw: async () => (await import("./freeze.ts")).thawCommand,
  stop: async () => (await import("./stop.ts")).stopCommand,
  "start-again": async () => (await import("./stop.ts")).startAgainCommand,
  release: async () => (await import("./release.ts")).releaseCommand,
  settle: async () => (await import("./settle.ts")).settleCommand,
  issue: async () => (await import("./issue.ts")).issueCommand,
  recover: async () => (await import("./recover.ts")).recoverCommand,
  operator: async () => (await import("./operator.ts")).operatorCommand,
  check: async () => (await import("./check.ts")).checkCommand,
  economics: async () => (await import("./economics.ts")).economicsCommand,
  record: async () => (await import("./record.ts")).recordCommand,
  archive: async () => (await import("./archive.ts")).archiveCommand,
  evidence: async () => (await import("./evidence.ts")).evidenceCommand,
  backup: async () => (await import("./backup.ts")).backupCommand,
  restore: async () => (await import("./restore.ts")).restoreCommand,
  audit: async () => (await import("./audit.ts")).auditCommand,
};

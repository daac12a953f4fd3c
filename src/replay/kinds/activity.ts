import { listAt, memberAt, textAt } from "../../domain/evidence/historyEvent.ts";
import type { CommandKind } from "./kind.ts";
import { commandInput, durationMs, eventInput, set } from "./shape.ts";

/** An activity that was scheduled. */
export const activity: CommandKind = {
  command: "scheduleActivity",
  cancelledBy: { command: "requestCancelActivity", seqOf: "seq" },
  fromCommand(body, { queue, summary }) {
    const must = {
      type: memberAt(body, "activityType") ?? undefined,
      input: commandInput(memberAt(body, "arguments")),
      summary,
      taskQueue: queue(memberAt(body, "taskQueue")),
      ...timeouts(body),
      ...retry(memberAt(body, "retryPolicy")),
    };
    // set or not: a limit that the code did not ask for is no limit
    return {
      key: `activity ${String(memberAt(body, "activityId"))}`,
      must: { heartbeatMs: undefined, ...set(must) },
    };
  },
  fromEvents: {
    ACTIVITY_TASK_SCHEDULED({ attributes: a }, { summary }) {
      return {
        key: `activity ${textAt(a, "activityId")}`,
        must: {
          type: textAt(a, "activityType", "name"),
          input: eventInput(a),
          summary,
          taskQueue: textAt(a, "taskQueue", "name"),
          scheduleToCloseMs: durationMs(memberAt(a, "scheduleToCloseTimeout")),
          scheduleToStartMs: durationMs(memberAt(a, "scheduleToStartTimeout")),
          startToCloseMs: durationMs(memberAt(a, "startToCloseTimeout")),
          heartbeatMs: durationMs(memberAt(a, "heartbeatTimeout")),
          retryInitialMs: durationMs(memberAt(a, "retryPolicy", "initialInterval")),
          retryMaximumMs: durationMs(memberAt(a, "retryPolicy", "maximumInterval")),
          retryAttempts: memberAt(a, "retryPolicy", "maximumAttempts"),
          retryBackoff: memberAt(a, "retryPolicy", "backoffCoefficient"),
          finalErrors: listAt(a, "retryPolicy", "nonRetryableErrorTypes"),
        },
      };
    },
  },
};

function timeouts(body: unknown): Record<string, unknown> {
  const ms = (name: string): number | undefined => durationMs(memberAt(body, name));
  const [close, start, heartbeat] = [ms("scheduleToCloseTimeout"), ms("startToCloseTimeout"), ms("heartbeatTimeout")];
  const taken = ms("scheduleToStartTimeout");
  // the server cuts shorter limits into longer ones
  const limit = Math.min(...[close, start].filter((value) => value !== undefined));
  return {
    scheduleToCloseMs: close,
    scheduleToStartMs: taken === undefined ? undefined : Math.min(taken, close ?? taken),
    startToCloseMs: start === undefined ? undefined : Math.min(start, limit),
    heartbeatMs: heartbeat === undefined ? undefined : Math.min(heartbeat, limit),
  };
}

function retry(policy: unknown): Record<string, unknown> {
  const attempts = memberAt(policy, "maximumAttempts");
  return {
    retryInitialMs: durationMs(memberAt(policy, "initialInterval")),
    retryMaximumMs: durationMs(memberAt(policy, "maximumInterval")),
    retryAttempts: attempts == null || attempts === 0 ? undefined : Number(attempts),
    retryBackoff: memberAt(policy, "backoffCoefficient") ?? undefined,
    finalErrors:
      policy == null
        ? undefined
        : [...((memberAt(policy, "nonRetryableErrorTypes") as readonly string[] | null | undefined) ?? [])],
  };
}

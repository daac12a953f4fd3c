import { setTimeout as delay } from "node:timers/promises";
import { type Client, isGrpcServiceError } from "@temporalio/client";
import { defineSearchAttributeKey, SearchAttributeType } from "@temporalio/common";
import { cleanText, thrownText } from "../../../domain/units/foreignText.ts";

/** An open run that the server sends to another build than the current one. */
export interface OpenRun {
  readonly workflowId: string;
  readonly runId: string;
  readonly workflowType: string;
  readonly buildId: string;
}

/** The builds of one book on a Temporal server. */
export interface DeploymentVersions {
  /** Why this server cannot pin runs to builds, for a person; undefined when it can. */
  problem(): Promise<string | undefined>;
  /**
   * Makes a build current: new runs go to it. Tried until it holds or the signal ends it; whatever is not usual at a
   * start is told each time it changes: what, why, and what to do.
   */
  makeCurrent(buildId: string, tell: (problem: string) => void, signal: AbortSignal): Promise<void>;
  /** Open runs of every build but this one. */
  openElsewhere(buildId: string): Promise<OpenRun[]>;
  /** From its next task on, the run goes by the current build. */
  unpin(run: OpenRun): Promise<void>;
  /** Runs that `unpin` let go and that have gone on by `buildId` are pinned to it. */
  pinUnpinned(buildId: string): Promise<void>;
}

/** The first server whose versioning of workers is meant for use. */
const SERVER_MIN = [1, 29, 1] as const;
/** gRPC NOT_FOUND: nobody polls for this deployment yet. FAILED_PRECONDITION: the server is still taking note of it. */
const NOT_YET: readonly number[] = [5, 9];
/** gRPC PERMISSION_DENIED and UNAUTHENTICATED: trying again does not help, a person does. */
const REFUSED: readonly number[] = [7, 16];
const WHY_CHARACTERS = 200;
const PAUSE_MS = 100;
const PAUSE_MS_MAX = 5_000;
/** Tries that fail as at every start are not told. */
const QUIET_TRIES = 20;

const versionKey = defineSearchAttributeKey("TemporalWorkerDeploymentVersion", SearchAttributeType.KEYWORD);

/** The name of a book's deployment: a book's id may have dots, a deployment's name may not. */
export function deploymentNameOf(bookId: string): string {
  return `ballast/${bookId.replaceAll(".", "~")}`;
}

/** A book's builds as the server of `client` knows them; each call throws the client's errors. */
export function deploymentVersions(client: Client, deploymentName: string): DeploymentVersions {
  const { namespace } = client.options;
  const service = client.workflowService;
  const open = `TemporalWorkerDeployment = "${deploymentName}" AND ExecutionStatus = "Running"`;
  const override = async (workflowId: string, runId: string, isAutoUpgrade: boolean): Promise<void> => {
    await service.updateWorkflowExecutionOptions({
      namespace,
      workflowExecution: { workflowId, runId },
      workflowExecutionOptions: isAutoUpgrade ? { versioningOverride: { autoUpgrade: true } } : {},
      updateMask: { paths: ["versioning_override"] },
    });
  };
  return {
    async problem() {
      const { serverVersion } = await service.getSystemInfo({});
      if (isOlder(serverVersion ?? ""))
        return `the Temporal server is ${serverVersion}, expected ${SERVER_MIN.join(".")} or newer`;
      try {
        // Where it is switched off, reading answers as ever and only this is refused; nobody polls for that build.
        await service.setWorkerDeploymentCurrentVersion({
          namespace,
          deploymentName: `${deploymentName}/nobody`,
          buildId: "none",
        });
      } catch (error) {
        if (!isGrpcServiceError(error)) throw error;
        if (error.code === 12 || error.code === 7)
          if (error.code === 12 || error.code === 7) {
            const answer = error.code === 7 ? "PERMISSION_DENIED" : "UNIMPLEMENTED";
            return `the Temporal server refuses worker versions (gRPC ${answer})`;
          }
        if (!NOT_YET.includes(error.code)) throw error;
      }
      return undefined;
    },

    async makeCurrent(buildId, tell, signal) {
      let told: string | undefined;
      for (let tries = 1; !signal.aborted; tries++) {
        try {
          await service.setWorkerDeploymentCurrentVersion({ namespace, deploymentName, buildId });
          return;
        } catch (error) {
          const isUsual = isGrpcServiceError(error) && NOT_YET.includes(error.code) && tries < QUIET_TRIES;
          const problem = notCurrentText(deploymentName, buildId, error);
          if (!isUsual && problem !== told) tell(problem);
          if (!isUsual) told = problem;
        }
        const pauseMs = Math.min(PAUSE_MS * 2 ** Math.max(0, tries - QUIET_TRIES), PAUSE_MS_MAX);
        await delay(pauseMs, undefined, { signal }).catch(() => undefined);
      }
    },

    async openElsewhere(buildId) {
      const runs: OpenRun[] = [];
      const query = `${open} AND TemporalWorkerDeploymentVersion != "${deploymentName}:${buildId}"`;
      for await (const { workflowId, runId, type, typedSearchAttributes } of client.workflow.list({ query })) {
        const version = typedSearchAttributes.get(versionKey);
        if (version === undefined) continue;
        runs.push({ workflowId, runId, workflowType: type, buildId: version.slice(version.lastIndexOf(":") + 1) });
      }
      return runs;
    },

    unpin: ({ workflowId, runId }) => override(workflowId, runId, true),

    async pinUnpinned(buildId) {
      const query =
        `${open} AND TemporalWorkflowVersioningBehavior = "AutoUpgrade" ` +
        `AND TemporalWorkerDeploymentVersion = "${deploymentName}:${buildId}"`;
      for await (const { workflowId, runId } of client.workflow.list({ query })) {
        await override(workflowId, runId, false).catch((error: unknown) => {
          if (!(isGrpcServiceError(error) && error.code === 5)) throw error; // NOT_FOUND: it has closed meanwhile
        });
      }
    },
  };
}

/** What is wrong, why, and what a person can do. */
function notCurrentText(deploymentName: string, buildId: string, error: unknown): string {
  const isRefused = isGrpcServiceError(error) && REFUSED.includes(error.code);
  const why = isGrpcServiceError(error) ? error.details || `gRPC code ${error.code}` : thrownText(error);
  const act = isRefused
    ? "give this worker's key write access to the namespace, or have somebody who has it run: temporal worker " +
      `deployment set-current-version --deployment-name "${deploymentName}" --build-id ${buildId}`
    : "look at the Temporal server and its log";
  return (
    `new runs wait, because the Temporal server ${isRefused ? "refuses" : "fails"} to make this build the current ` +
    `one (${cleanText(why, WHY_CHARACTERS)}): ${act}; it is tried again every ${PAUSE_MS_MAX / 1000} s`
  );
}

/** A version that is not three numbers is no reason to go without. */
function isOlder(serverVersion: string): boolean {
  const parts = /^(\d+)\.(\d+)\.(\d+)/.exec(serverVersion)?.slice(1).map(Number);
  if (parts === undefined) return false;
  const first = parts.findIndex((part, i) => part !== SERVER_MIN[i]);
  return first >= 0 && (parts[first] as number) < (SERVER_MIN[first] as number);
}

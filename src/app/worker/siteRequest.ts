import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { type Client, WorkflowNotFoundError, WorkflowUpdateFailedError } from "@temporalio/client";
import { ApplicationFailure } from "@temporalio/common";
import { PROOF_VALID_SECONDS } from "../../domain/evidence/operatorAdmission.ts";
import type { Signed } from "../../domain/evidence/operatorProof.ts";
import { FailureType } from "../../domain/units/failureTypes.ts";
import { cleanText } from "../../domain/units/foreignText.ts";
import type { Instant } from "../../domain/units/instant.ts";
import { RequestRefusedError } from "../../ports/commands.ts";
import { PortUnavailableError } from "../../ports/errors.ts";
import type { MarketClock } from "../../ports/marketClock.ts";
import type { Retirement } from "../../ports/retirements.ts";
import { type Answer, workflowIds } from "../../../workflows/contracts.ts";
import { retiredText } from "./book.ts";
import { endingWith } from "./endingWith.ts";
import { signRequest } from "./signRequest.ts";
import { awaitIdle } from "./siteGateway.ts";

/** How long a site may take to decide on an order, real time. */
const ANSWER_WITHIN_MS = 60_000;

/** Between two askings of a site whose run has just closed, real milliseconds. */
const ASK_AGAIN_MS = 500;

/** The way to one site for whoever signs what is asked of it. */
export interface OperatorLink {
  readonly client: Client;
  readonly clock: MarketClock;
  readonly siteId: string;
  readonly actor: string;
  /** The actor's key, or that of a gateway that vouches for the actor: Ed25519, PEM. */
  readonly privateKeyPem: string;
  /** Set for a site that is retired: nothing is asked of it. */
  readonly retired?: Retirement;
}

/** A request of whoever has the link, signed now. @throws KeyError where its key is none */
export function signedBy<Request extends { readonly id: string }>(
  { siteId, privateKeyPem }: OperatorLink,
  update: string,
  signedAt: Instant,
  request: Request,
): Signed<Request> {
  return signRequest(privateKeyPem, { siteId, update, signedAt }, request);
}

/**
 * Asks until there is a decision: a run that closes hands the order to the next one, which knows it by its id.
 * @throws what `ask` throws
 */
export async function decided(ask: () => Promise<Answer>): Promise<Extract<Answer, { kind: "decided" }>> {
  for (;;) {
    const answer = await ask().catch((error: unknown) => {
      if (isOfClosedRun(error)) return undefined;
      throw error;
    });
    if (answer?.kind === "decided") return answer;
    await delay(ASK_AGAIN_MS);
  }
}

/** Whether the server says that the run closed over the question: the next one can answer it. */
function isOfClosedRun(error: unknown): boolean {
  return (
    error instanceof WorkflowUpdateFailedError &&
    error.cause instanceof ApplicationFailure &&
    error.cause.type === "AcceptedUpdateCompletedWorkflow"
  );
}

/**
 * Holds a paced clock around one update. The hold is named by who asks for what: should this process be killed with the
 * clock held, the same command again takes the same hold and gives it back.
 * @throws RequestRefusedError with the site's reason, PortUnavailableError when it does not answer in time, and what
 * `signal` is aborted with
 */
export async function whileClockStands<T>(
  link: OperatorLink,
  content: unknown,
  signal: AbortSignal | undefined,
  update: (at: Instant) => Promise<T>,
  { later = TAKEN_LATER, isAtOnce = false } = {},
): Promise<T> {
  const { client, clock, siteId, actor, retired } = link;
  if (retired !== undefined) throw new RequestRefusedError(retiredText(retired));
  const hold = `operator/${actor}/${digest(content)}`;
  const workflowId = workflowIds.site(siteId);
  await clock.hold(hold);
  try {
    return await within(client, signal, async () => {
      // What is already under way is finished first: the order comes after it, not into the middle.
      if (!isAtOnce) await awaitIdle(client, workflowId);
      const answer = await update(await clock.now());
      await awaitIdle(client, workflowId);
      return answer;
    });
  } catch (error) {
    throw explained(error, siteId, later);
  } finally {
    await clock.release(hold);
  }
}

/** Ends `work`, and what it has asked the server, at the signal or when the answer takes too long. */
async function within<T>(client: Client, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  const timeout = AbortSignal.timeout(ANSWER_WITHIN_MS);
  return await endingWith(client, signal ? AbortSignal.any([signal, timeout]) : timeout, work);
}

/** Why a site, or an activity that it asked, refused; undefined for any other failure. */
function refusalIn(error: unknown): string | undefined {
  if (!(error instanceof WorkflowUpdateFailedError)) return undefined;
  for (let cause: unknown = error.cause; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ApplicationFailure && cause.type === FailureType.OrderRefused) return cause.message;
  }
  return undefined;
}

/** What may come of a request that is not answered in time: its signature ages by market time. */
const TAKEN_LATER =
  ` It may still be taken up if one comes back within ${PROOF_VALID_SECONDS / 60} minutes, and is refused after ` +
  `that; look with \`ballast status\``;

function explained(error: unknown, siteId: string, later: string): unknown {
  const refusal = refusalIn(error);
  if (refusal !== undefined) return new RequestRefusedError(refusal, { cause: error });
  if (error instanceof WorkflowNotFoundError) {
    return new PortUnavailableError(
      `site ${siteId} has not begun: it starts with the first published price; try again in a moment`,
      { cause: error },
    );
  }
  if (error instanceof DOMException && error.name === "TimeoutError") {
    return new PortUnavailableError(
      `site ${siteId} did not answer within ${ANSWER_WITHIN_MS / 1000} s: is a worker running?${later}`,
      { cause: error },
    );
  }
  return error;
}

/** Who, when (market time) and a hash of what: the same order sent twice at one instant is one order. */
export function businessKey(actor: string, at: Instant, content: unknown): string {
  return `${actor}-${at.slice(0, 19).replace(/[-:]/g, "")}Z-${digest([at, content])}`;
}

function digest(content: unknown): string {
  return createHash("sha256").update(JSON.stringify(content)).digest("hex").slice(0, 8);
}

/** A reason as it is kept: pasted line breaks and control characters go, its length is for the site to judge. */
export function oneLine(reason: string): string {
  return cleanText(reason, Math.max(1, reason.length));
}

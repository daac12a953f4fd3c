import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readIngress } from "../../config/ingress.ts";
import type { InstructionBody } from "../../contract/instructions.ts";
import { centralWall, wallToInstant } from "../../domain/market/calendar.ts";
import type { SiteId } from "../../domain/units/ids.ts";
import type { Instant } from "../../domain/units/instant.ts";
import type { Log } from "../../ports/log.ts";
import { type QseAnswer, SimulatedQse } from "../../simulators/qse/qse.ts";
import { deskOfRun } from "../ingress/deskOfRun.ts";
import { serveIngress } from "../ingress/serveIngress.ts";
import { voiceMessage } from "../ingress/voiceMessage.ts";
import { createLog } from "../log.ts";
import { scriptKey } from "../operator/operatorKeyFile.ts";
import type { BookSystem } from "../system/system.ts";
import { DEMO_DAY } from "./demoDay.ts";
import type { ScriptedAction, TellWatcher } from "./marketDay.ts";

const QSE = "qse-alpha";
const BY_ENDPOINT = "ecrs-0818-1";
const BY_TELEPHONE = "ers-0818-1";
const OF_RESERVE = "ecrs-0818-2";
/** Of the book's last site, in its file under `reserve`. */
const RESOURCE = "SALT_LD1";

/**
 * What a QSE has the demo's sites do in the afternoon: the first goes down by megawatts that come over HTTP and are
 * recalled, the last one by a call that the desk writes down, with an end of its own. In the evening the last one has
 * sold reserve: it is kept on beyond the price, deployed, and back after the recall.
 */
export function demoScenes(run: BookSystem, tell: TellWatcher): readonly ScriptedAction[] {
  const first = siteOf(run, 0);
  const last = siteOf(run, -1);
  const key = generateKeyPairSync("ed25519", {
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const sent = (at: Instant, site: SiteId, words: string, send: (qse: SimulatedQse) => Promise<QseAnswer>) => ({
    at,
    act: async (): Promise<void> => {
      tell(site, `${lineStart(at)}${QSE}, over HTTP: ${words}`);
      await overHttp(run, key, send);
    },
  });
  const message = (at: Instant, body: InstructionBody, words: string): ScriptedAction =>
    sent(at, body.site, words, (qse) => qse.instruct(body));
  const deployed = central("14:00:00");
  const recalled = central("14:30:00");
  const instruction: InstructionBody = {
    type: "instruction",
    id: BY_ENDPOINT,
    site: first,
    product: "ECRS",
    reduceMw: 0.4,
    issued: deployed,
    deadline: central("14:10:00"),
    until: central("14:45:00"),
  };
  const recall: InstructionBody = { type: "recall", id: BY_ENDPOINT, site: first, issued: recalled };
  return [
    message(deployed, instruction, `${BY_ENDPOINT}, down by 0.4 MW by 14:10, until 14:45`),
    { at: central("14:10:00"), act: () => byTelephone(run, last, tell) },
    message(recalled, recall, `${BY_ENDPOINT} is recalled`),
    ...reserveScene(last, sent, message),
  ];
}

/** 0.1 MW of ECRS from 17:30 on, where the price would drop the worst; 0.08 MW are deployed for ten minutes. */
function reserveScene(
  site: SiteId,
  sent: (at: Instant, site: SiteId, words: string, send: (qse: SimulatedQse) => Promise<QseAnswer>) => ScriptedAction,
  message: (at: Instant, body: InstructionBody, words: string) => ScriptedAction,
): readonly ScriptedAction[] {
  const award = {
    resource: RESOURCE,
    asType: "ECRSM",
    awardedMW: 0.1,
    startTime: central("17:30:00"),
    endTime: central("18:00:00"),
    tradingDate: DEMO_DAY,
  };
  const [awarded, deployed, recalled] = [central("17:25:00"), central("17:40:00"), central("17:50:00")];
  const named = { id: OF_RESERVE, site } as const;
  const deployment = { type: "instruction", ...named, product: "ECRS", reduceMw: 0.08, issued: deployed } as const;
  return [
    sent(awarded, site, `${RESOURCE} is awarded 0.1 MW of ECRS from 17:30 to 18:00`, (qse) => qse.award([award])),
    message(deployed, deployment, `${OF_RESERVE} deploys 0.08 MW of ECRS`),
    message(recalled, { type: "recall", ...named, issued: recalled }, `${OF_RESERVE} is recalled`),
  ];
}

/**
 * Opens the doors that `ballast ingress` opens, and sends one signed message through them.
 * @throws Error where it is refused
 */
async function overHttp(
  run: BookSystem,
  key: { readonly publicKey: string; readonly privateKey: string },
  send: (qse: SimulatedQse) => Promise<QseAnswer>,
): Promise<void> {
  const { dataDir } = run.stack;
  const doors = await serveIngress({ dataDir, ingress: readIngress(ingressFile(run, key.publicKey)), log: quietLog() });
  try {
    const now = (): Promise<Instant> => run.clock.now();
    const qse = new SimulatedQse({ url: doors.url, privateKeyPem: key.privateKey, now });
    const { status, body: answer } = await send(qse);
    if (status !== 202) throw new Error(`a message was refused with ${status}: ${JSON.stringify(answer)}`);
  } finally {
    await doors.close();
  }
}

/** What `ballast instruct` does for whoever takes the call. @throws Error where the desk refuses it */
async function byTelephone(run: BookSystem, site: SiteId, tell: TellWatcher): Promise<void> {
  const { dataDir } = run.stack;
  const actor = "maria.desk";
  const { desk, clock, close } = deskOfRun(dataDir, quietLog());
  try {
    const now = await clock.now();
    const call = {
      type: "instruction" as const,
      id: BY_TELEPHONE,
      site,
      issuer: QSE,
      caller: "J. Smith",
      issued: now,
      product: "ERS-30",
      reduceMw: 0.05,
      deadline: central("14:40:00"),
      until: central("15:10:00"),
    };
    const operator = { actor, privateKeyPem: scriptKey(dataDir, actor) };
    tell(
      site,
      `${lineStart(now)}${QSE}, by telephone (${call.caller} to ${actor}): ${call.id}, down by 0.05 MW by 14:40, ` +
        "until 15:10",
    );
    const { verdict } = await desk.take(voiceMessage(call, { operator, now }));
    if (verdict.kind === "refused") throw new Error(`${call.id} was refused: ${verdict.where}: ${verdict.why}`);
  } finally {
    await close();
  }
}

/** The file of the doors, with the QSE's public key beside it; its private key stays in memory. */
function ingressFile({ stack, book }: BookSystem, publicKeyPem: string): string {
  const folder = join(stack.dataDir, "ingress");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${QSE}.pem`), publicKeyPem);
  const file = join(folder, "ingress.yaml");
  const sites = book.deployments.map(({ plan }) => plan.siteId);
  const last = sites.at(-1);
  const resources = last === undefined ? {} : { [RESOURCE]: last };
  const issuers = { [QSE]: { publicKeys: [`${QSE}.pem`], products: ["ECRS", "ERS-30"], sites, resources } };
  writeFileSync(file, JSON.stringify({ schema: "ballast.ingress/1", listen: { port: 0 }, issuers }));
  return file;
}

/** A scene says itself what became of a message: the log is for what goes wrong. */
function quietLog(): Log {
  const { warn, error } = createLog("ingress");
  return { info: () => undefined, warn, error };
}

function siteOf({ book }: BookSystem, place: number): SiteId {
  const deployment = book.deployments.at(place);
  if (deployment === undefined) throw new Error("The demo's scenes need a book with a site.");
  return deployment.plan.siteId;
}

function central(time: string): Instant {
  return wallToInstant({ day: DEMO_DAY, time, repeatedHour: false });
}

function lineStart(at: Instant): string {
  return `${centralWall(at).time.slice(0, 5)}  `;
}

import { readFileSync } from "node:fs";
import type { Ingress } from "../../config/ingress.ts";
import type { SitePlan } from "../../domain/decision/model.ts";
import type { Log } from "../../ports/log.ts";
import { readRunFile } from "../system/runFolder.ts";
import { readPrivate } from "../worker/privateFile.ts";
import { CommandError, ExitCode } from "../commandError.ts";
import { deskOfRun } from "./deskOfRun.ts";
import { openFolder, watchFolder } from "./folderDoor.ts";
import { httpDoor } from "./httpDoor.ts";
import { type Issuer, readIssuers } from "./issuers.ts";
import { readStopKey } from "./stopKey.ts";
import { keepTellingStops } from "./tellStops.ts";
import { unnamedResources } from "./unnamedResources.ts";

export interface ServeIngress {
  readonly dataDir: string;
  readonly ingress: Ingress;
  readonly log: Log;
}

/** The doors of a run, open. */
export interface OpenDoors {
  /** Where the door over HTTP listens. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Opens the doors of a run as its file says. @throws ConfigError for keys that cannot be used, CommandError (3) for a
 * private key that others can read and for a key for stops that the run does not list as one, and what listening throws
 */
export async function serveIngress({ dataDir, ingress, log }: ServeIngress): Promise<OpenDoors> {
  const issuers = readIssuers(ingress);
  const { listen, stopKey } = ingress.value;
  const stopKeyFile = stopKey === undefined ? undefined : ingress.fileOf(stopKey);
  if (stopKeyFile !== undefined) readStopKey({ dataDir, file: stopKeyFile });
  const { desk, clock, tellStops, close } = deskOfRun(dataDir, log, stopKeyFile);
  for (const problem of unnamedResources(issuers, plansOf(dataDir, log))) log.warn({ problem }, "of awards");
  const { host, port, tls } = listen;
  const server = httpDoor({ desk, clock, issuers, log, ...(tls === undefined ? {} : { tls: tlsOf(ingress, tls) }) });
  const ended = new AbortController();
  const folders = foldersOf(ingress, issuers).map(({ folder, issuer }) => ({ folder, issuer, desk, log }));
  for (const { folder } of folders) openFolder(folder);
  await server.listen({ host, port });
  const watching = folders.map((one) => watchFolder(one, ended.signal));
  const telling = stopKeyFile === undefined ? undefined : keepTellingStops(tellStops, log, ended.signal);
  const [address] = server.addresses();
  return {
    url: `${tls === undefined ? "http" : "https"}://${host}:${typeof address === "object" ? address.port : port}`,
    async close() {
      ended.abort();
      await server.close();
      await Promise.all([...watching, telling]);
      await close();
    },
  };
}

/** Of a run that is described already; one that is not yet is found at its first message. */
function plansOf(dataDir: string, log: Log): readonly SitePlan[] {
  try {
    return readRunFile(dataDir).deployments.map(({ plan }) => plan);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    log.warn({ problem: error.message }, "it cannot be seen yet which resources the sites sell");
    return [];
  }
}

function foldersOf(
  { value: { folders = [] }, fileOf }: Ingress,
  issuers: readonly Issuer[],
): readonly { readonly folder: string; readonly issuer: Issuer }[] {
  return folders.flatMap(({ path, issuer: name }) => {
    const issuer = issuers.find(({ sender }) => sender.name === name);
    return issuer === undefined ? [] : [{ folder: fileOf(path), issuer }];
  });
}

function tlsOf(
  { fileOf }: Ingress,
  { certificate, key, clientAuthority }: NonNullable<Ingress["value"]["listen"]["tls"]>,
): { readonly cert: string; readonly key: string; readonly ca?: string } {
  const secret = readPrivate(fileOf(key), "private key");
  if (secret === undefined)
    throw new CommandError(ExitCode.unusable, `there is no private key ${fileOf(key)} (listen.tls.key)`);
  const ca = clientAuthority === undefined ? {} : { ca: readFileSync(fileOf(clientAuthority), "utf8") };
  return { cert: readFileSync(fileOf(certificate), "utf8"), key: secret, ...ca };
}

import type { BuildsSettings } from "./builds/bookWorker.ts";
import type { Book } from "./book.ts";
import type { ClockSettings } from "./wire.ts";

/** The task queue of a book, or of a site that runs by itself: others' workers on the namespace leave it alone. */
export function taskQueueOf(bookId: string): string {
  return `ballast/${bookId}`;
}

/**
 * Settings of a worker process, in the JSON file that `BALLAST_WORKER_SETTINGS` names. The database URL, a secret, is
 * in `BALLAST_APP_DATABASE_URL`.
 */
export interface WorkerSettings extends Book {
  readonly temporalAddress: string;
  readonly namespace: string;
  readonly clock: ClockSettings;
  /** Ed25519 private key, PEM: gaps in the evidence are signed with it. */
  readonly signingKeyFile: string;
  /** The public keys of those who may order. */
  readonly operatorsFile: string;
  /** The private keys of the sites' stop inputs. */
  readonly stopInputKeysFolder: string;
  readonly builds: BuildsSettings;
}

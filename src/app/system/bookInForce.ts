import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Book, inService } from "../worker/book.ts";
import type { LoadedBook } from "../worker/loadBook.ts";
import { deploymentInForce } from "./deploymentInForce.ts";
import { readRunFile } from "./runFolder.ts";

/**
 * The sites that a start in a data folder runs: each as `deploymentInForce` says, and those that ran there and whose
 * file is gone or broken as they ran. `say` hears of the latter.
 * @throws CommandError when the folder's description of its run cannot be read.
 */
export function bookInForce(dataDir: string, { book, broken }: LoadedBook, say: (line: string) => void): Book {
  const named = new Set(book.deployments.map(({ plan }) => plan.siteId));
  const { deployments: before, retired = [] } = existsSync(join(dataDir, "run.json"))
    ? readRunFile(dataDir)
    : { deployments: [] };
  const left = before.filter(({ plan }) => !named.has(plan.siteId));
  for (const { plan } of inService({ deployments: left, retired })) {
    const why = broken.some(({ siteId }) => siteId === plan.siteId) ? "cannot be used" : "is gone";
    say(`Site ${plan.siteId} runs on as it was: its file ${why}`);
  }
  const now = book.deployments.map((deployment) => deploymentInForce(dataDir, deployment, say));
  return { ...book, deployments: [...now, ...left] };
}

/** The sites that a start in a data folder is about: those of the book and those that ran there. */
export function sitesOfRun(dataDir: string, { deployments }: Book): string[] {
  const before = existsSync(join(dataDir, "run.json")) ? readRunFile(dataDir).deployments : [];
  return [...new Set([...before, ...deployments].map(({ plan }) => plan.siteId))];
}

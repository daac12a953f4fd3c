import { type Bundle } from "../bundle.ts";
import { bundleGuide, GUIDE } from "../bundleGuide.ts";
import { shown } from "../firstDifference.ts";
import type { LayerLog } from "../layerLog.ts";
import { readOrFind } from "../readOrFind.ts";

/**
 * The guide of a bundle against this program's own, for whoever reads the records by its words. Another build may word
 * it otherwise: of a bundle of this build a difference is a finding, of another one a note.
 */
export async function checkGuide(bundle: Bundle, buildId: string | undefined, log: LayerLog): Promise<void> {
  const { manifest } = bundle;
  const isOurs = manifest.buildId === buildId;
  if (!manifest.ledgers.some(({ path }) => path === GUIDE)) {
    if (isOurs) log.same(`manifest.json lists ${GUIDE}`, true, false);
    return;
  }
  const content = await readOrFind(bundle, GUIDE, log);
  if (content === undefined) return;
  log.check();
  const [own, given] = [bundleGuide(manifest.siteId), Buffer.from(content).toString("utf8")];
  if (own === given) return;
  const [ownLines, lines] = [own.split("\n"), given.split("\n")];
  const at = Array.from({ length: Math.max(ownLines.length, lines.length) }).findIndex(
    (_, i) => ownLines[i] !== lines[i],
  );
  if (isOurs) log.find(`${GUIDE} line ${at + 1}`, shown(ownLines[at]), shown(lines[at]));
  else log.note(`${GUIDE} is worded otherwise than this program's, first in line ${at + 1}: ${shown(lines[at])}`);
}

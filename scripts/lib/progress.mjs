/**
 * Tells the person at the terminal what the set-up does. Standard error, so that a command's own output stays clean.
 * @param {string} line
 */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/**
 * Runs `work` and shows that it is alive: the seconds so far, on one line of a terminal, else every 15 seconds.
 * @template T
 * @param {string} label
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function whileShowing(label, work) {
  const startedMs = Date.now();
  const seconds = () => `${Math.round((Date.now() - startedMs) / 1000)} s`;
  const tty = Boolean(process.stderr.isTTY);
  say(label);
  const timer = setInterval(
    () => (tty ? process.stderr.write(`\r  … ${seconds()} `) : say(`  … ${label}: ${seconds()} so far`)),
    tty ? 1000 : 15_000,
  );
  let outcome = "failed";
  try {
    const result = await work();
    outcome = "done";
    return result;
  } finally {
    clearInterval(timer);
    say(`${tty ? "\r" : ""}  ${outcome} after ${seconds()}`);
  }
}

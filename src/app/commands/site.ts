import type { AppCommand } from "./command.ts";
import { type OperatorCommandOptions, operatorOptions } from "./operatorOptions.ts";

interface SiteOptions extends OperatorCommandOptions {
  readonly reason: string;
}

interface RetireOptions extends SiteOptions {
  readonly yes?: boolean;
}

const HELP = `
What it does:
  Takes a site that the book's head names into the book that runs. Who did it and why is recorded in the database. The
  worker begins anew with the site, which takes seconds; the site is told of each feed from its next publication on and
  decides with the first price. The other sites go on. A site whose file has a problem is not added, nor one that would
  have a machine, a meter or a contract which another site has in force, whatever the files say by now.

Exit codes: 0 added, or there already; 1 refused; 2 wrong arguments or an unusable file; 3 key unknown, unprotected or
  without the role; 4 no stack runs.

Example:
  ballast site add salt-fork config/book --reason "energized on Monday"`;

const RETIRE_HELP = `
What it does:
  Takes a site out of service for good. From the moment at which it is accepted, no command goes to its machines: they
  stay as they are, and whoever stops them does it at the site. What waits is answered, then the site's run ends. Who
  did it and why is recorded. Its meters are read to the end of the day, the day is settled, and on the 7th of the next
  month its last statements are issued; contracts end with the day. Corrections settle its days again as of any site:
  \`ballast settle\` and \`ballast issue\` take it. Its id is not used again. The other sites go on. It cannot be
  undone: without --yes it only says so.

Exit codes: 0 retired, or it was already; 1 refused, or --yes is missing; 2 wrong arguments; 3 key unknown, unprotected
  or without the role; 4 no stack runs, or the site does not answer.

Example:
  ballast site retire salt-fork --yes --reason "lease ended"`;

/** The site is an argument, and the answer is a sentence. */
const askedBy = (does: string) => operatorOptions(does).filter(({ flags }) => !/^--(?:site|json)\b/.test(flags));

const RETIRED_MEANS =
  "No command goes to its machines from then on: they stay as they are, stop them at the site. Its days are still " +
  "settled and corrected.";

/** `ballast site`: the sites of a book that runs. */
export const siteCommand = {
  name: "site",
  summary: "take a site into a book that runs, or out of it",
  description: "The sites of a book that runs.",
  help: HELP,
  examples: [
    { call: 'ballast site add salt-fork config/book --reason "energized on Monday"' },
    { call: 'ballast site retire salt-fork --yes --reason "lease ended"' },
  ],
  subcommands: [
    {
      name: "add",
      summary: "take a site into the book that runs",
      description: "Adds one site of a book to the run of that book, while it runs.",
      arguments: [
        { name: "<siteId>", what: "the site, as book.yaml names it" },
        { name: "<book>", what: "folder of the book; see `ballast check`" },
      ],
      options: [{ flags: "--reason <text>", what: "why", isRequired: true }, ...askedBy("adds")],
      help: HELP,
      run: addSiteOfBook,
    },
    {
      name: "retire",
      summary: "take a site out of service for good",
      description: "Takes one site of a book that runs out of service; its money is still settled and corrected.",
      arguments: [{ name: "<siteId>", what: "the site" }],
      options: [
        { flags: "--reason <text>", what: "why", isRequired: true },
        { flags: "--yes", what: "do it: there is no way back" },
        ...askedBy("retires"),
      ],
      help: RETIRE_HELP,
      run: retireSiteOfBook,
    },
  ],
} satisfies AppCommand;

async function addSiteOfBook(siteId: string, path: string, options: SiteOptions): Promise<void> {
  const { CommandError, ExitCode } = await import("../commandError.ts");
  const { createPool } = await import("../../adapters/postgres/pool.ts");
  const { operatingDayOf } = await import("../../domain/market/calendar.ts");
  const { asOperator } = await import("../operator/operatorLink.ts");
  const { addSite } = await import("../system/addSite.ts");
  const { findRunFolder, readRunFile } = await import("../system/runFolder.ts");
  const { ensureSchedules } = await import("../system/schedules.ts");
  const { loadBook } = await import("../worker/loadBook.ts");
  const { dir } = findRunFolder(options.run);
  const run = readRunFile(dir);
  const [first] = run.deployments;
  await asOperator({ ...options, site: first?.plan.siteId, isOfBook: true }, "add a site", async ({ linkTo }) => {
    const { client, clock, actor } = linkTo(siteId);
    const { book, broken } = loadBook(path, operatingDayOf(await clock.now()));
    if (book.bookId !== run.bookId)
      throw new CommandError(ExitCode.unusable, `${path} is book ${book.bookId}, and here runs ${run.bookId}`);
    const named = [...book.deployments.map(({ plan }) => plan.siteId), ...broken.map((one) => one.siteId)];
    const why =
      broken.find((one) => one.siteId === siteId)?.problem ??
      `${path} names no site ${siteId}; it names ${named.join(", ")}`;
    const deployment = book.deployments.find(({ plan }) => plan.siteId === siteId);
    if (deployment === undefined) throw new CommandError(ExitCode.no, `site ${siteId} is not added: ${why}`);
    const pool = createPool(run.appDatabaseUrl, 1);
    try {
      const system = { client, clock, clockSettings: run.clock, pool };
      await addSite(dir, system, deployment, { actor, reason: options.reason });
      if (run.clock.kind === "real") await ensureSchedules(client, run.bookId, deployment);
    } finally {
      await pool.end();
    }
    console.log(`Site ${siteId} is in book ${run.bookId}. See it with: ballast status --run ${dir} --site ${siteId}`);
  });
}

async function retireSiteOfBook(siteId: string, options: RetireOptions): Promise<void> {
  const { CommandError, ExitCode } = await import("../commandError.ts");
  const { createPool } = await import("../../adapters/postgres/pool.ts");
  const { asOperator } = await import("../operator/operatorLink.ts");
  const { takeOutOfService } = await import("../system/retireSite.ts");
  const { findRunFolder } = await import("../system/runFolder.ts");
  const { retiredText } = await import("../worker/book.ts");
  const { dir } = findRunFolder(options.run);
  await asOperator({ ...options, site: siteId }, "retire a site", async ({ commands, link: { client }, site }) => {
    const pool = createPool(site.appDatabaseUrl, 1);
    try {
      const before = await takeOutOfService(dir, { client, pool }, siteId);
      if (before === undefined && options.yes !== true)
        throw new CommandError(
          ExitCode.no,
          `site ${siteId} is not retired: there is no way back, and its id is not used again. ${RETIRED_MEANS} ` +
            "If that is meant, ask again with --yes",
        );
      if (before === undefined) await commands.site.retire({ reason: options.reason });
      const retirement = before ?? (await takeOutOfService(dir, { client, pool }, siteId));
      if (retirement !== undefined) console.log(`${retiredText(retirement)}. ${RETIRED_MEANS}`);
    } finally {
      await pool.end();
    }
  });
}

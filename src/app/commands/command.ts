/** One option of a command, with its value where the flags name one. */
export interface CommandOption {
  /** `--until <when>`, `--cohort <id...>`, `--yes`. */
  readonly flags: string;
  readonly what: string;
  readonly isRequired?: boolean;
  /** What it is without it, and how the help says so. */
  readonly standard?: unknown;
  readonly standardText?: string;
  readonly choices?: readonly string[];
  /** Name of an option that it does not go with. */
  readonly conflicts?: string;
  /** Reads its text. @throws InvalidArgumentError */
  parse?(text: string): unknown;
}

/** What a person or a script can ask of `ballast`: the program, its help and the papers' check are made from these. */
export interface AppCommand {
  readonly name: string;
  /** In the list of commands. */
  readonly summary: string;
  readonly description: string;
  /** `<day>`, or `[site]` where it may be left out. */
  readonly arguments?: readonly { readonly name: string; readonly what: string }[];
  readonly options?: readonly CommandOption[];
  /** What it does and prints, exit codes, examples. */
  readonly help: string;
  /** In the program's own help: how it is called, and what comes of it where the call does not say so. */
  readonly examples: readonly { readonly call: string; readonly what?: string }[];
  /** Commands under its name, in place of `run`. */
  readonly subcommands?: readonly Omit<AppCommand, "examples">[];
  /** Takes the arguments in their order, then the options. @throws CommandError with the exit code */
  run?(...given: readonly unknown[]): void | Promise<void>;
}

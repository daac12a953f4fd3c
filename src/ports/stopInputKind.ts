/** How a stop input is read, as a site's file says it: `use` names the kind, the rest are its settings. */
export interface StopInputSettings {
  readonly use: string;
}

/** The way to one contact. Reads of it queue. */
export interface StopInputLine {
  /** Kind and address, for a person. */
  readonly name: string;
  /** Whether it is on. @throws PortUnavailableError or PortDataError naming the device and what was expected. */
  read(): Promise<boolean>;
  /** Ends its connection; the next read opens another. */
  drop(): void;
}

/** One kind of stop input as the registry lists it. */
export interface StopInputKind<Settings extends StopInputSettings = StopInputSettings> {
  readonly use: Settings["use"];
  /** What it is, for a person. */
  readonly title: string;
  /** Usual settings, at an example's address. */
  readonly usual: Settings;
  /** Where it is read: no two inputs have the same. */
  address(settings: Settings): string;
  /** `timeoutMs`: real milliseconds for connecting and for each request. */
  open(settings: Settings, timeoutMs: number): StopInputLine;
}

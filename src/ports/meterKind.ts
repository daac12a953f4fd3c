import type { MeterId } from "../domain/units/ids.ts";

/** How a meter is read, as a site's file says it: `use` names the model, the rest are its settings. */
export interface MeterSettings {
  readonly use: string;
}

/** What a meter shows; `undefined` where it marks a value as not available. */
export interface MeterValues {
  /** Total active power, kW; positive into the load. */
  readonly powerKw: number | undefined;
  /** Cumulative active energy into the load, Wh. */
  readonly registerWh: bigint | undefined;
}

/** The way to one meter. Reads of it queue. */
export interface MeterLine {
  /** Meter, address and model, for a person. */
  readonly name: string;
  /** @throws PortUnavailableError or PortDataError naming the meter and what was expected. */
  read(): Promise<MeterValues>;
  /** Ends its connection; the next read opens another. */
  drop(): void;
}

/** One meter model as the registry lists it. */
export interface MeterKind<Settings extends MeterSettings = MeterSettings> {
  readonly use: Settings["use"];
  /** Maker and model, for a person. */
  readonly title: string;
  /** Usual settings, at an example's address. */
  readonly usual: Settings;
  /** Where it is read: no two meters have the same. */
  address(settings: Settings): string;
  /** Its register counts 0 … rolloverWh − 1, then starts again. */
  rolloverWh(settings: Settings): bigint;
  /** `timeoutMs`: real milliseconds for connecting and for each request. */
  open(meterId: MeterId, settings: Settings, timeoutMs: number): MeterLine;
}

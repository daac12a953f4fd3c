/** A block of holding registers read in one request. `address` is the address on the wire, counted from 0. */
export interface RegisterBlock<Value> {
  readonly address: number;
  readonly registers: number;
  /** Value of the block's bytes, `undefined` when the meter marks it as not available. */
  readonly decode: (bytes: Buffer) => Value | undefined;
}

/** Where one meter model keeps what Ballast reads. */
export interface RegisterMap {
  readonly model: string;
  /** Total active power, kW; positive into the load. */
  readonly powerKw: RegisterBlock<number>;
  /** Cumulative active energy into the load, Wh. */
  readonly registerWh: RegisterBlock<bigint>;
  /** The register counts 0 … rolloverWh − 1, then starts again. */
  readonly rolloverWh: bigint;
}

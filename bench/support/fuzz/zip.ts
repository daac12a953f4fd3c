import { crc32, deflateRawSync } from "node:zlib";

/** A file of a zip. */
export interface ZipFile {
  readonly name: string;
  readonly bytes: Buffer;
  /** Kept as it is, not deflated. */
  readonly isStored?: boolean;
  /** Length that the zip tells of it, where that is not its own. */
  readonly saidBytes?: number;
}

/** A zip of files (APPNOTE.TXT 6.3.10, 4.3.7, 4.3.12, 4.3.16), without dates. */
export function zipOf(files: readonly ZipFile[], comment = ""): Buffer {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let at = 0;
  for (const { name, bytes, isStored = false, saidBytes = bytes.length } of files) {
    const packed = isStored ? bytes : deflateRawSync(bytes, { level: 1 });
    const path = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(isStored ? 0 : 8, 4);
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(saidBytes, 18);
    common.writeUInt16LE(path.length, 22);
    locals.push(Buffer.from("PK\x03\x04", "latin1"), common, path, packed);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(at, 10);
    central.push(Buffer.from("PK\x01\x02\x14\x00", "latin1"), common, rest, path);
    at += 30 + path.length + packed.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(at, 12);
  end.writeUInt16LE(comment.length, 16);
  return Buffer.concat([
    ...locals,
    directory,
    Buffer.from("PK\x05\x06", "latin1"),
    end,
    Buffer.from(comment, "latin1"),
  ]);
}

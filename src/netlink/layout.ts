import { type Address, addressBytes, addressText } from '../network/address.ts';
import { type Attribute, NLA_TYPE_MASK, readAttributes, writeAttributes } from './attribute.ts';
import { malformed } from './error.ts';
import { LITTLE_ENDIAN, struct, structView } from './struct.ts';

/**
 * How a value is written as bytes. `decode` throws NetlinkError EBADMSG for bytes that cannot be such a
 * value.
 */
export interface Codec<Value> {
  decode(bytes: Uint8Array): Value;
  encode(value: Value): Uint8Array;
}

export const u8: Codec<number> = {
  decode: (bytes) => structView(bytes, 1).getUint8(0),
  encode: (value) => Uint8Array.of(value),
};

export const u16: Codec<number> = {
  decode: (bytes) => structView(bytes, 2).getUint16(0, LITTLE_ENDIAN),
  encode: (value) => struct(2, (view) => view.setUint16(0, value, LITTLE_ENDIAN)),
};

/** In network byte order, as ports are. */
export const u16be: Codec<number> = {
  decode: (bytes) => structView(bytes, 2).getUint16(0),
  encode: (value) => struct(2, (view) => view.setUint16(0, value)),
};

export const u32: Codec<number> = {
  decode: (bytes) => structView(bytes, 4).getUint32(0, LITTLE_ENDIAN),
  encode: (value) => struct(4, (view) => view.setUint32(0, value, LITTLE_ENDIAN)),
};

/** In network order, as netfilter writes numbers. */
export const u32be: Codec<number> = {
  decode: (bytes) => structView(bytes, 4).getUint32(0),
  encode: (value) => struct(4, (view) => view.setUint32(0, value)),
};

/** A one-byte truth value. */
export const flag: Codec<boolean> = {
  decode: (bytes) => u8.decode(bytes) !== 0,
  encode: (value) => u8.encode(Number(value)),
};

/** A string that ends with a NUL, as the kernel's nla_put_string writes it. */
export const text: Codec<string> = {
  decode: (bytes) => {
    const end = bytes.indexOf(0);
    return Buffer.from(bytes.buffer, bytes.byteOffset, end === -1 ? bytes.length : end).toString();
  },
  encode: (value) => Buffer.from(`${value}\0`),
};

/** An IPv4 or IPv6 address, told apart by its length. */
export const address: Codec<Address> = {
  decode: (bytes) => {
    if (bytes.length !== 4 && bytes.length !== 16) throw malformed(`an address of ${bytes.length} bytes`);
    return addressText(bytes);
  },
  encode: addressBytes,
};

/** A hardware address as `ip` prints it: "02:00:00:00:00:01". */
export const linkLayerAddress: Codec<string> = {
  decode: (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':'),
  encode: (value) =>
    Uint8Array.from(value === '' ? [] : value.split(':'), (byte) => Number.parseInt(byte, 16)),
};

/** Bytes that are read elsewhere. */
export const raw: Codec<Uint8Array> = {
  decode: (bytes) => bytes,
  encode: (bytes) => bytes,
};

/** Number and form of the attribute behind each property. */
export type Fields<Values> = {
  readonly [Name in keyof Values]-?: readonly [type: number, codec: Codec<NonNullable<Values[Name]>>];
};

/** Properties that may be absent, also by being undefined. */
type Sparse<Values> = { readonly [Name in keyof Values]?: Values[Name] | undefined };

/** The attributes of a kind of message as an object: one description from which both directions follow. */
export class Layout<Values extends object> {
  readonly #fields: readonly (readonly [name: string, type: number, codec: Codec<unknown>])[];
  readonly #byType: ReadonlyMap<number, readonly [name: string, codec: Codec<unknown>]>;

  /** Attributes are written in the order of `fields`. */
  constructor(fields: Fields<Values>) {
    const entries = Object.entries<readonly [number, Codec<unknown>]>(
      fields as Fields<Record<string, unknown>>,
    );
    this.#fields = entries.map(([name, [type, codec]]) => [name, type, codec]);
    this.#byType = new Map(entries.map(([name, [type, codec]]) => [type, [name, codec]]));
  }

  /**
   * The properties whose attributes are present. What the layout does not know is never an error, since a
   * newer kernel may say more: it is copied into `others` when that is given, else left out. Throws
   * NetlinkError EBADMSG.
   */
  decode(bytes: Uint8Array, others?: Attribute[]): Partial<Values> {
    const values: Record<string, unknown> = {};
    for (const { type, value } of readAttributes(bytes)) {
      const field = this.#byType.get(type & NLA_TYPE_MASK);
      if (field !== undefined) values[field[0]] = field[1].decode(value);
      else others?.push({ type, value: new Uint8Array(value) });
    }
    return values as Partial<Values>;
  }

  /** An attribute for each property that is present, then `others`. */
  encode(values: Sparse<Values>, others: readonly Attribute[] = []): Uint8Array {
    const attributes: Attribute[] = [];
    for (const [name, type, codec] of this.#fields) {
      const value = (values as Record<string, unknown>)[name];
      if (value !== undefined) attributes.push({ type, value: codec.encode(value) });
    }
    return writeAttributes([...attributes, ...others]);
  }
}

import { addressBytes, addressText, type Family } from '../../src/network/address.ts';

/** Every IPv4 address stands in it as RFC 6052 lets it stand in a prefix of 96 bits. */
const PREFIX = { address: '2001:db8::', length: 96 } as const;

/** The words with each IPv4 address or prefix in them put into the family: "198.18.1.0/24" is "2001:db8::c612:100/120". */
export function inFamily(family: Family, words: string): string {
  if (family === 4) return words;
  return words.replace(/(\d+\.\d+\.\d+\.\d+)(?:\/(\d+))?/g, (_, address: string, length?: string) => {
    const text = addressText(addressBytes(PREFIX.address + address));
    return length === undefined ? text : `${text}/${PREFIX.length + Number(length)}`;
  });
}

/** Of 32 bytes, which every key of a keyring has. */
const BASE64 = /^[A-Za-z0-9+/]{43}=$/;
/** 32 random bytes have about 30 different values; fewer than 16 come up once in 10^17 times. */
const MIN_DIFFERENT = 16;

/** The bytes, or what is wrong with the text, in words that don't repeat it. */
export function readKeyBytes(text: unknown): Buffer | string {
  if (typeof text !== 'string' || !BASE64.test(text)) return 'is not 32 bytes in base64';
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) return 'is not canonical base64';
  if (bytes.every((byte) => byte >= 0x20 && byte < 0x7f)) {
    return 'is text, such as a passphrase, in base64';
  }
  if (new Set(bytes).size < MIN_DIFFERENT) return 'is not random: most of its bytes are equal';
  return bytes;
}

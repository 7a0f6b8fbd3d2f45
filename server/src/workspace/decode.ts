// Bytes of a file to its text. Knows nothing of what the text says.
import type { Host } from "../host";
import { tooLarge } from "../host";

/** Larger files are no descriptions: what is read of one takes a multiple of its size. */
const TEXT_LIMIT = 64 * 1024 * 1024;

export interface Decoded {
  readonly text: string;
  /** The file began with a byte order mark, which `text` does not have. */
  readonly mark: boolean;
}

/** The text of a file. Throws when it cannot be read, in the words of `reasonOf` and `decodeText`; one that is too large is not read at all. */
export function readTextFile(host: Pick<Host, "readFile">, file: string): Decoded {
  return decodeText(host.readFile(file, TEXT_LIMIT));
}

/** UTF-8, with or without byte order mark, of at most 64 MiB. Anything else is an error that says what it looks like. */
export function decodeText(bytes: Uint8Array): Decoded {
  if (bytes.length > TEXT_LIMIT) throw tooLarge(TEXT_LIMIT);
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) throw new Error("it is UTF-16; save it as UTF-8");
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.startsWith("\ufeff") ? { text: text.slice(1), mark: true } : { text, mark: false };
  } catch {
    throw new Error("it is not UTF-8 text");
  }
}

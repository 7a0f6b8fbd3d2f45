// Bytes of a file to its text. Knows nothing of what the text says.

export interface Decoded {
  readonly text: string;
  /** The file began with a byte order mark, which `text` does not have. */
  readonly mark: boolean;
}

/** UTF-8, with or without byte order mark. Anything else is an error that says what it looks like. */
export function decodeText(bytes: Uint8Array): Decoded {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) throw new Error("it is UTF-16; save it as UTF-8");
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.startsWith("\ufeff") ? { text: text.slice(1), mark: true } : { text, mark: false };
  } catch {
    throw new Error("it is not UTF-8 text");
  }
}

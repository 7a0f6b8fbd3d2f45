// What a terminal gets: colours when it wants them, and text from documents made harmless. Knows nothing of what is said.

/** Colours are for people at a terminal who do not say NO_COLOR (https://no-color.org). */
export function wantsColor(stream: { readonly isTTY?: boolean }, environment: Readonly<Record<string, string | undefined>>): boolean {
  return stream.isTTY === true && (environment["NO_COLOR"] ?? "") === "";
}

const STYLES = { error: "31;1", warning: "33;1", info: "34;1", hint: "36", bold: "1", dim: "2" } as const;

export type TerminalStyle = keyof typeof STYLES;

/** Colours a text that is harmless already. */
export type Paint = (style: TerminalStyle, text: string) => string;

export function painter(color: boolean): Paint {
  return (style, text) => (color ? `\u001b[${STYLES[style]}m${text}\u001b[0m` : text);
}

const HARMFUL = /[\p{Cc}\p{Bidi_Control}\u2028\u2029\ufeff]/gu;

/** Control characters and those that change the direction of text become U+FFFD. */
export function plainText(text: string): string {
  return text.replace(HARMFUL, "\ufffd");
}

/** The same for a text of several lines. */
export function plainLines(text: string): string {
  return text.split("\n").map(plainText).join("\n");
}

/** The same for a text that programs read line by line: tabs and the line ends of Windows stay. */
export function plainPatch(text: string): string {
  return text.split(/(\r?\n|\t)/).map((part) => (/^(\r?\n|\t)$/.test(part) ? part : plainText(part))).join("");
}

/** JSON that says the same without any of these characters: they are written as escapes. Line breaks between the tokens stay. */
export function plainJson(json: string): string {
  return json.replace(HARMFUL, (one) => (one === "\n" ? one : `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`));
}

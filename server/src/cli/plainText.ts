// Text from documents, made harmless for a terminal. Knows nothing of colours.

/** Control characters and those that change the direction of text become U+FFFD. */
export function plainText(text: string): string {
  return text.replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029\ufeff]/gu, "\ufffd");
}

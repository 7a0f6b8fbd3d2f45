// Text from a document inside Markdown: shown as it is, never as markup. Knows nothing of what the text means.

/** Escapes everything that Markdown or HTML could take for its own. Control characters become U+FFFD. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\p{Cc}\p{Bidi_Control}]/gu, "\ufffd").replace(/[\\`*_{}[\]()#+\-.!|<>&~$:@]/g, "\\$&");
}

/** Inline code. Backticks inside are lengthened around, as CommonMark wants it. */
export function inlineCode(text: string): string {
  const safe = text.replace(/[\p{Cc}\p{Bidi_Control}]/gu, "\ufffd");
  const longest = Math.max(0, ...(safe.match(/`+/g) ?? []).map((run) => run.length));
  if (longest === 0) return `\`${safe}\``;
  const fence = "`".repeat(longest + 1);
  return `${fence} ${safe} ${fence}`;
}

/** A block of code on lines of its own. The fence is longer than any run of backticks in it, so that the text cannot end it. */
export function codeBlock(text: string, language: string): string {
  const safe = text.replace(/[^\P{Cc}\n\t]|\p{Bidi_Control}/gu, "\ufffd");
  const fence = "`".repeat(Math.max(3, ...(safe.match(/`+/g) ?? []).map((run) => run.length + 1)));
  return `${fence}${language}\n${safe}\n${fence}`;
}

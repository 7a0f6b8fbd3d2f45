// Names as identifiers of C and of linkers, each once. Knows nothing of what they name.

/** Makes identifiers of letters, digits and underscores: of two names that would be the same one, the second gets a number, as does one that is a reserved word. */
export function identifierMaker(reserved: readonly string[] = []): (name: string) => string {
  const taken = new Set<string>(reserved);
  return (name) => {
    const plain = name.replace(/[^A-Za-z0-9_]/g, "_").replace(/^(?=[0-9])/, "_") || "_";
    let identifier = plain;
    for (let number = 2; taken.has(identifier); number++) identifier = `${plain}_${number}`;
    taken.add(identifier);
    return identifier;
  };
}

/** A text on one line that cannot end a comment of C, a device tree or a linker script. */
export function commentText(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, " ").replaceAll("*/", "* /").replaceAll("/*", "/ *");
}

// The error of an import: what could not be read, and where. Knows nothing of what reads.

/** `where` is a path as the user gave it, with a path or an offset inside where there is one. */
export class ImportError extends Error {
  constructor(
    readonly where: string,
    readonly because: string,
  ) {
    super(`${where}: ${because}`);
    this.name = "ImportError";
  }
}

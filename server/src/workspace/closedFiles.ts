// Files that nobody has open, each checked again only when something may have changed that its findings depend on. Knows nothing of which files there are,
// nor of who is told of the findings.
import type { FileId } from "../../../core/src/index";
import type { CheckedFile, CheckOptions } from "./check";
import { checkReading } from "./check";
import type { Surroundings } from "./surroundings";
import { isUnreadable, RecordedSurroundings } from "./surroundings";

interface Known {
  readonly checked: CheckedFile;
  readonly surroundings: RecordedSurroundings;
  readonly severities: CheckOptions["severities"];
  /** Something has happened since it was checked; whether it matters is seen when somebody asks. */
  isSuspect: boolean;
}

export class ClosedFiles {
  private readonly known = new Map<FileId, Known>();

  /** @param options how files are checked at every moment */
  constructor(
    private readonly surroundings: Surroundings,
    private readonly options: CheckOptions,
  ) {}

  /** The same object for as long as nothing changes; undefined for a file that is not there or cannot be read. */
  check(file: FileId): CheckedFile | undefined {
    const known = this.known.get(file);
    const { severities } = this.options;
    if (known && known.severities === severities && !(known.isSuspect && !known.surroundings.isCurrent())) {
      known.isSuspect = false;
      return known.checked;
    }
    const surroundings = new RecordedSurroundings(this.surroundings);
    const reading = surroundings.read(file);
    this.known.delete(file);
    if (isUnreadable(reading)) return undefined;
    const checked = checkReading(reading, { ...this.options, surroundings, ...(severities && { severities }) });
    this.known.set(file, { checked, surroundings, severities, isSuspect: false });
    return checked;
  }

  forget(file: FileId): void {
    this.known.delete(file);
  }

  /** Files on the disk have changed, or others are open than before. */
  suspectAll(): void {
    for (const known of this.known.values()) known.isSuspect = true;
  }

  /** The text of a file has changed. True when anything may depend on it. */
  suspectReadersOf(file: FileId): boolean {
    const readers = [...this.known.values()].filter(({ surroundings }) => surroundings.hasRead(file));
    for (const known of readers) known.isSuspect = true;
    return readers.length > 0;
  }
}

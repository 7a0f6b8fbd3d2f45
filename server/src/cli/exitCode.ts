// What the command line's exit codes mean. Knows nothing of commands.

export enum ExitCode {
  Clean = 0,
  /** Findings at or above --fail-on. */
  Findings = 1,
  /** Wrong usage, or an input that cannot be read. */
  Usage = 2,
  /** A defect of Platmap itself. */
  Defect = 3,
}

// Wrong usage, or an input that cannot be read: exit code 2. Knows nothing of commands.

export class UsageError extends Error {}

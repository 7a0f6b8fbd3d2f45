// A language server as a process of its own, spoken to over its streams byte by byte: what a client's library would not let a test say. Knows nothing of what is
// said.
import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";

export interface Answer {
  readonly id?: number | string | null;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

export class StdioServer {
  /** All messages of the server, as they came. */
  readonly said: Answer[] = [];
  err = "";
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | string | null>;
  private readonly child: ChildProcessWithoutNullStreams;
  private bytes: Buffer = Buffer.alloc(0);
  private waiting: (() => void)[] = [];

  constructor(program: string) {
    this.child = spawn(process.execPath, [program, "--stdio"]);
    this.child.stdin.on("error", () => undefined);
    this.child.stderr.on("data", (bytes: Buffer) => (this.err += bytes.toString()));
    this.child.stdout.on("data", (bytes: Buffer) => this.take(bytes));
    this.ended = new Promise((resolve) => this.child.once("exit", (code, signal) => resolve(code ?? signal)));
  }

  write(bytes: string | Buffer): void {
    this.child.stdin.write(bytes);
  }

  send(message: object): void {
    this.write(framed({ jsonrpc: "2.0", ...message }));
  }

  /** Several messages in one write, as they come from a client that does not wait. */
  sendAtOnce(...messages: readonly object[]): void {
    this.write(messages.map((message) => framed({ jsonrpc: "2.0", ...message })).join(""));
  }

  /** Asks, and gives the answer. */
  async ask(id: number, method: string, params: unknown): Promise<Answer> {
    this.send({ id, method, params });
    return this.answerTo(id);
  }

  async answerTo(id: number): Promise<Answer> {
    for (;;) {
      const found = this.said.find((one) => one.id === id && one.method === undefined);
      if (found) return found;
      await this.more();
    }
  }

  /** A server that a client has greeted. */
  async greet(params: object = {}): Promise<Answer> {
    const answer = await this.ask(0, "initialize", { processId: null, rootUri: null, capabilities: {}, ...params });
    this.send({ method: "initialized", params: {} });
    return answer;
  }

  closeInput(): void {
    this.child.stdin.end();
  }

  kill(): void {
    this.child.kill("SIGKILL");
  }

  private more(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push(resolve);
      void this.ended.then((code) => reject(new Error(`the server ended (${String(code)}) without an answer: ${this.err}`)));
    });
  }

  private take(bytes: Buffer): void {
    this.bytes = Buffer.concat([this.bytes, bytes]);
    for (;;) {
      const end = this.bytes.indexOf("\r\n\r\n");
      const length = Number(/Content-Length: (\d+)/i.exec(this.bytes.toString("latin1", 0, Math.max(end, 0)))?.[1]);
      if (end < 0 || this.bytes.length < end + 4 + length) break;
      this.said.push(JSON.parse(this.bytes.toString("utf8", end + 4, end + 4 + length)) as Answer);
      this.bytes = this.bytes.subarray(end + 4 + length);
    }
    this.waiting.splice(0).forEach((resolve) => resolve());
  }
}

export function framed(message: object): string {
  const body = JSON.stringify(message);
  return `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

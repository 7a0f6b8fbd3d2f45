// Writes messages to a stream, each whole: its header and its content go to the operating system in one call, of which every answer has to wait for its own.
// Knows nothing of what messages say.
import type { Message, MessageWriter } from "vscode-languageserver/node";
import { AbstractMessageWriter } from "vscode-languageserver/node";

export class WholeMessageWriter extends AbstractMessageWriter implements MessageWriter {
  private failures = 0;

  constructor(private readonly stream: NodeJS.WritableStream) {
    super();
    stream.on("error", (error: Error) => this.fireError(error));
    stream.on("close", () => this.fireClose());
  }

  write(message: Message): Promise<void> {
    const content = JSON.stringify(message);
    const whole = `Content-Length: ${Buffer.byteLength(content)}\r\n\r\n${content}`;
    return new Promise((resolve, reject) => {
      this.stream.write(whole, "utf8", (error) => {
        if (!error) return resolve();
        this.fireError(error, message, ++this.failures);
        reject(error);
      });
    });
  }

  end(): void {
    this.stream.end();
  }
}

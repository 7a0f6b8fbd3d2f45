// The order of a conversation as the protocol wants it: the client greets first and once, and after it has asked for the end it asks for nothing else.
// Knows nothing of what is asked.
import type { Connection, Message, MessageStrategy, RequestMessage } from "vscode-languageserver";
import { ErrorCodes, ResponseError } from "vscode-languageserver";

/** What a request out of order is turned into, so that it gets an answer and reaches nobody else. */
const OUT_OF_ORDER = "platmap/outOfOrder";

type State = "not begun" | "begun" | "ended";

/** To be given to the connection, and told of it. */
export class Conversation implements MessageStrategy {
  private state: State = "not begun";

  handleMessage(message: Message, next: (message: Message) => void): void {
    const { method, id } = message as Partial<RequestMessage>;
    if (method === undefined || method === "exit") return next(message);
    const isRequest = id !== undefined && id !== null;
    if (!isRequest) return this.state === "begun" ? next(message) : undefined;
    const fault = this.faultOf(method);
    if (fault) return next({ ...message, method: OUT_OF_ORDER, params: fault } as Message);
    if (method === "initialize") this.state = "begun";
    if (method === "shutdown") this.state = "ended";
    next(message);
  }

  /** Answers what is out of order. */
  serve(connection: Connection): void {
    connection.onRequest(OUT_OF_ORDER, ({ code, message }: Fault) => new ResponseError(code, message));
  }

  private faultOf(method: string): Fault | undefined {
    if (this.state === "ended") return { code: ErrorCodes.InvalidRequest, message: `${method} after shutdown: the server does nothing more` };
    if (this.state === "begun") return method === "initialize" ? { code: ErrorCodes.InvalidRequest, message: "initialize for the second time: the server is at work" } : undefined;
    return method === "initialize" || method === "shutdown" ? undefined : { code: ErrorCodes.ServerNotInitialized, message: `${method} before initialize: the server does not know the client yet` };
  }
}

interface Fault {
  readonly code: number;
  readonly message: string;
}

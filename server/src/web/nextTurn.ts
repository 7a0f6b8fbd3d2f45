// Node's setImmediate for a worker of a browser: what waits runs after the messages that are there already. A timer would wait some milliseconds each time.

const { port1: heard, port2: said } = new MessageChannel();
const waiting: (() => void)[] = [];
heard.onmessage = () => waiting.shift()?.();

export function nextTurn(run: () => void): void {
  waiting.push(run);
  said.postMessage(undefined);
}

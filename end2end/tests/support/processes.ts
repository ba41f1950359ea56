import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";

export const BINARY = process.env.THUMBPRINT_BIN ?? join(__dirname, "../../../target/debug/thumbprint");
const running: ChildProcess[] = [];

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

/** A program of this test, and what it has said by now. */
export function start(command: string, args: string[], env: NodeJS.ProcessEnv = process.env): { process: ChildProcess; said: () => string } {
  let text = "";
  const child = spawn(command, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  for (const stream of [child.stdout!, child.stderr!]) stream.on("data", (part: Buffer) => (text += part.toString()));
  running.push(child);
  return { process: child, said: () => text };
}

/** Of everything that was started. */
export async function stopAll(): Promise<void> {
  for (const child of running.splice(0)) {
    if (child.exitCode === null && child.kill()) await once(child, "exit");
  }
}

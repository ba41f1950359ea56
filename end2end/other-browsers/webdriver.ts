import { spawn, type ChildProcess } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";

/** The key under which an element is named, https://www.w3.org/TR/webdriver2/#elements. */
const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";
const PATIENCE = 40_000;

/** As much of https://www.w3.org/TR/webdriver2/ as a person's path needs. */
export class Driver {
  private session = "";

  private constructor(
    private readonly root: string,
    private readonly process: ChildProcess,
  ) {}

  static async start(command: string, port: number, capabilities: Record<string, unknown>): Promise<Driver> {
    const child = spawn(command, [`--port=${port}`], { stdio: ["ignore", "ignore", "inherit"] });
    const failed = new Promise<never>((_, reject) => child.once("error", (error) => reject(new Error(`${command}: ${error.message}`))));
    const driver = new Driver(`http://127.0.0.1:${port}`, child);
    try {
      await Promise.race([failed, driver.until(`${command} to answer`, () => fetch(`${driver.root}/status`).then(({ ok }) => ok))]);
      const { sessionId } = (await driver.ask("POST", "/session", { capabilities: { alwaysMatch: capabilities } })) as { sessionId: string };
      driver.session = `/session/${sessionId}`;
      return driver;
    } catch (error) {
      child.kill();
      throw error;
    }
  }

  async stop(): Promise<void> {
    try {
      await this.ask("DELETE", this.session);
    } finally {
      this.process.kill();
    }
  }

  private async ask(method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await fetch(`${this.root}${path}`, {
      method,
      ...(body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
    const { value } = (await answer.json()) as { value: unknown };
    if (!answer.ok) {
      const { error, message } = value as { error: string; message: string };
      throw new Error(`${method} ${path}: ${error}: ${message}`);
    }
    return value;
  }

  /** Asks again until there is an answer that holds. */
  async until<T>(what: string, ask: () => Promise<T>): Promise<T> {
    const end = Date.now() + PATIENCE;
    let last: unknown = "no answer";
    while (Date.now() < end) {
      try {
        const answer = await ask();
        if (answer) return answer;
      } catch (error) {
        last = error;
      }
      await pause(100);
    }
    throw new Error(`waited for ${what}: ${last instanceof Error ? last.message : last}`);
  }

  async open(url: string): Promise<void> {
    await this.ask("POST", `${this.session}/url`, { url });
  }

  async url(): Promise<string> {
    return (await this.ask("GET", `${this.session}/url`)) as string;
  }

  run(script: string, ...args: unknown[]): Promise<unknown> {
    return this.ask("POST", `${this.session}/execute/sync`, { script, args });
  }

  /** The first element that matches an XPath and is shown. */
  private find(xpath: string): Promise<string> {
    return this.until(xpath, async () => {
      const found = (await this.ask("POST", `${this.session}/elements`, { using: "xpath", value: xpath })) as Record<string, string>[];
      for (const element of found) {
        const id = element[ELEMENT]!;
        if (await this.run("return arguments[0].getClientRects().length > 0", element)) return id;
      }
      return "";
    });
  }

  /** A button or link by its words. */
  async press(words: string): Promise<void> {
    const text = `contains(normalize-space(.), ${JSON.stringify(words)})`;
    await this.ask("POST", `${this.session}/element/${await this.find(`//button[${text}] | //a[${text}]`)}/click`, {});
  }

  /** Into the field, file field or password field that the XPath names: keys, or a file's path. */
  async type(xpath: string, keys: string): Promise<void> {
    await this.ask("POST", `${this.session}/element/${await this.find(xpath)}/value`, { text: keys });
  }

  async click(xpath: string): Promise<void> {
    await this.ask("POST", `${this.session}/element/${await this.find(xpath)}/click`, {});
  }

  async sees(words: string): Promise<void> {
    await this.until(`“${words}” on ${await this.url()}`, () => this.run("return document.body.innerText.includes(arguments[0])", words));
  }
}

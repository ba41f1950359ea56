import { chromium, type BrowserContext } from "@playwright/test";
import type { Flags, RunnerResult } from "lighthouse" with { "resolution-mode": "import" };

export type Device = "desktop" | "mobile";
/** Out of 100. */
export type Scores = Record<"performance" | "accessibility" | "best-practices" | "seo", number>;

/** Lighthouse on pages of the portal, in a Chromium of its own, with the cookies of `context`. */
export class Lighthouse {
  private constructor(
    private readonly port: number,
    private readonly cookie: string,
    readonly close: () => Promise<void>,
  ) {}

  static async start(context: BrowserContext, port: number, launch: { executablePath?: string; args?: string[] }): Promise<Lighthouse> {
    const browser = await chromium.launch({ ...launch, args: [...(launch.args ?? []), `--remote-debugging-port=${port}`] });
    const cookies = await context.cookies();
    return new Lighthouse(port, cookies.map(({ name, value }) => `${name}=${value}`).join("; "), () => browser.close());
  }

  /** What it counts, and of what counts, what is not in order. */
  async look(url: string, device: Device): Promise<{ scores: Scores; faults: string[] }> {
    const { default: lighthouse, desktopConfig } = await import("lighthouse");
    const flags: Flags = {
      port: this.port,
      logLevel: "error",
      output: "json",
      // Whether the page is cold is the business of `make first-load`; the cookie comes by the header.
      ...(this.cookie ? { extraHeaders: { Cookie: this.cookie } } : {}),
    };
    const result: RunnerResult | undefined = await lighthouse(url, flags, device === "desktop" ? desktopConfig : undefined);
    if (!result || result.lhr.runtimeError) throw new Error(`Lighthouse on ${url}: ${result?.lhr.runtimeError?.message ?? "no result"}`);
    const { categories, audits } = result.lhr;
    const score = (of: string): number => Math.round((categories[of]!.score ?? 0) * 100);
    const faults = Object.values(categories)
      .flatMap(({ auditRefs }) => auditRefs)
      .filter(({ id, weight }) => weight > 0 && audits[id]!.score !== null && audits[id]!.score! < 0.9)
      .map(({ id }) => `${id}: ${audits[id]!.displayValue ?? audits[id]!.title}`);
    return {
      scores: { performance: score("performance"), accessibility: score("accessibility"), "best-practices": score("best-practices"), seo: score("seo") },
      faults,
    };
  }
}

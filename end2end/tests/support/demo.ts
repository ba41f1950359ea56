import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What `thumbprint demo --state-file` writes about itself. */
export interface Demo {
  portal: string;
  tenant: string;
  tenant_id: string;
  /** The same tenant for clients that insist on https, and the file with its CA's certificate in PEM. */
  tenant_https: string;
  ca_file: string;
  /** The tenant's control API. */
  control: string;
}

/** What this run leaves: the folder that playwright.config.ts names. */
export const results = join(__dirname, "../..", process.env.RESULTS ?? "test-results");

/** Makes the tenant behave otherwise; a member that is not named stays as it is. */
export async function behave(behaviour: Record<string, unknown>): Promise<void> {
  const answer = await fetch(new URL("behaviour", demo().control), {
    method: "PATCH",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(behaviour),
  });
  if (!answer.ok) throw new Error(`the control API: ${answer.status} ${await answer.text()}`);
}

export const demo = (): Demo => JSON.parse(readFileSync(join(results, "demo.json"), "utf8")) as Demo;

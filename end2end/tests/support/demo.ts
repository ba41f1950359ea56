import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** What `thumbprint demo --state-file` writes about itself. */
export interface Demo {
  portal: string;
  tenant: string;
  tenant_id: string;
  ca?: string;
}

const path = fileURLToPath(new URL("../../test-results/demo.json", import.meta.url));

export const demo = (): Demo => JSON.parse(readFileSync(path, "utf8")) as Demo;

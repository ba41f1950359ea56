import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What `thumbprint demo --state-file` writes about itself. */
export interface Demo {
  portal: string;
  tenant: string;
  tenant_id: string;
  ca?: string;
}

const path = join(__dirname, "../../test-results/demo.json");

export const demo = (): Demo => JSON.parse(readFileSync(path, "utf8")) as Demo;

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
}

const path = join(__dirname, "../../test-results/demo.json");

export const demo = (): Demo => JSON.parse(readFileSync(path, "utf8")) as Demo;

import { defineConfig } from "@playwright/test";
import tests from "./playwright.config";

/** What is measured rather than tested: `make first-load` and `make lighthouse`. */
export default defineConfig({
  ...tests,
  testDir: "bench",
  projects: [{}],
  reporter: "line",
  timeout: 300_000,
  // Neither is to be measured with them.
  use: { ...tests.use, trace: "off", screenshot: "off" },
});

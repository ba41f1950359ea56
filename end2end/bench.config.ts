import { defineConfig } from "@playwright/test";
import tests from "./playwright.config";

/** What is measured rather than tested: `make first-load`. */
export default defineConfig({ ...tests, testDir: "bench", reporter: "line", timeout: 300_000 });

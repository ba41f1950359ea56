import { defineConfig } from "@playwright/test";
import tests from "./playwright.config";

/** Firefox and WebKit, driven by WebDriver: `make other-browsers`. */
export default defineConfig({ ...tests, testDir: "other-browsers", projects: [{}], reporter: "list", timeout: 240_000 });

import { defineConfig } from "@playwright/test";

// The portal with its local tenant, as `thumbprint demo` starts them; a fresh one for each run.
const portal = Number(process.env.PORTAL_PORT ?? 3410);
const tenant = Number(process.env.TENANT_PORT ?? 3411);
const control = Number(process.env.CONTROL_PORT ?? portal + 5);
/** What a run leaves. Runs beside each other have each their own, as they have ports: see .ci/chromium.sh. */
const results = process.env.RESULTS ?? "test-results";
const binary = process.env.THUMBPRINT_BIN ?? "../target/debug/thumbprint";

export default defineConfig({
  testDir: "tests",
  outputDir: results,
  projects: [
    { name: "paths", testIgnore: /(looks|quick|lighthouse|pictures)\.spec/ },
    { name: "looks", testMatch: /looks\.spec/ },
    // Of docs, by `make pictures`; no other run makes them.
    { name: "pictures", testMatch: /pictures\.spec/ },
    // By the clock: with nothing beside it.
    { name: "clock", testMatch: /(quick|lighthouse)\.spec/ },
  ],
  // Two cores: one for the browser, one for the servers.
  workers: 1,
  forbidOnly: Boolean(process.env.CI),
  // .ci/run tries once more what failed, and names it all the same. Wherever a person looks on, and in `make repeat`, a test
  // that fails at times is to be seen.
  retries: Number(process.env.RETRIES ?? 0),
  timeout: 120_000,
  // Conditions are waited for, on a machine that may be busy.
  expect: { timeout: 10_000 },
  reporter: [["list"], ["html", { open: "never" }], ["./tests/support/failures.ts"]],
  use: {
    baseURL: `http://127.0.0.1:${portal}`,
    // A quarter of the processors' time goes into it: where what failed is tried again, it is recorded then.
    trace: process.env.RETRIES ? "on-first-retry" : "retain-on-failure",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env.CHROMIUM || undefined,
      // Containers run as root without a user namespace; the pages under test are our own.
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
        // Nothing of the world outside: npm's oidc-provider asks for fonts, and a page is not loaded until they have come.
        "--no-proxy-server", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"],
    },
  },
  webServer: {
    command: `${binary} demo --port ${portal} --tenant-port ${tenant} --control-port ${control} --state-file ${results}/demo.json`,
    env: { LOCAL_TENANT_KEYS: "../target/test-keys" },
    url: `http://127.0.0.1:${portal}/health/ready`,
    reuseExistingServer: !process.env.CI && Boolean(process.env.REUSE_SERVER),
    stdout: "ignore",
    stderr: "pipe",
    timeout: 60_000,
  },
});

import { expect, test, type Page, type Request, type Route } from "@playwright/test";
import { open, serve } from "./support/fixture";
import { alive } from "./support/portal";

const PATH = "/shell-fixture";

/** Answers what a form posts to `/shell-post`, and keeps how it was asked. */
async function answerPosts(page: Page, answer: (route: Route) => Promise<void>): Promise<Request[]> {
  const asked: Request[] = [];
  await page.route("**/shell-post", async (route) => {
    asked.push(route.request());
    await answer(route);
  });
  return asked;
}

test.describe("a posted form", () => {
  const FORM = `
    <form method="post" action="/shell-post">
      <input name="note" value="kept"><input type="hidden" name="app[]" value="1"><input type="hidden" name="app[]" value="2">
      <div style="height: 3000px"></div>
      <button name="order" value="push" data-pending="Pushing"><span>Push</span></button>
      <button name="order" value="cancel">Cancel</button>
      <div data-refusal tabindex="-1"></div>
    </form>`;

  test("goes with the shell's mark and the pressed button, once, and follows to where the server says", async ({ page }) => {
    await serve(page, PATH, FORM);
    await serve(page, "/shell-done", "<h1>Done</h1>");
    let go = (): void => {};
    const held = new Promise<void>((resolve) => (go = resolve));
    const asked = await answerPosts(page, async (route) => {
      await held;
      await route.fulfill({ status: 204, headers: { "x-location": "/shell-done?from=form" } });
    });
    await open(page, PATH);
    const push = page.getByRole("button", { name: /^Push/ });
    await push.click();
    await expect(push).toHaveText("Pushing");
    await expect(push).toHaveAttribute("aria-disabled", "true");
    await expect(page.locator("#live")).toHaveText("Pushing");
    // A second press is swallowed, and so is that of another button.
    await push.click({ force: true });
    await page.getByRole("button", { name: "Cancel" }).click();
    go();
    await expect(page).toHaveURL("/shell-done?from=form");
    expect(asked).toHaveLength(1);
    expect(asked[0]!.headers()).toMatchObject({ "x-thumbprint-shell": "1", "content-type": "application/x-www-form-urlencoded;charset=UTF-8" });
    expect(asked[0]!.postData()).toBe("note=kept&app%5B%5D=1&app%5B%5D=2&order=push");
  });

  test("shows a refusal beside the button, in view and focused, and loses nothing", async ({ page }) => {
    await serve(page, PATH, FORM);
    await answerPosts(page, (route) =>
      route.fulfill({ status: 409, contentType: "text/html; charset=utf-8", body: `<p>Changed since. <a href="/x">Read it again</a></p>` }),
    );
    await open(page, PATH);
    await page.getByRole("textbox").fill("typed");
    await page.getByRole("button", { name: "Push" }).click();
    const slot = page.locator("[data-refusal]");
    await expect(slot).toContainText("Changed since.");
    await expect(slot).toBeFocused();
    await expect(slot).toBeInViewport();
    await expect(page.getByRole("textbox")).toHaveValue("typed");
    const push = page.getByRole("button", { name: "Push", exact: true });
    await expect(push).not.toHaveAttribute("aria-disabled");
    await expect(page.locator("form")).not.toHaveAttribute("aria-busy");
  });

  test("says so when no answer comes, and when it is none that can be shown", async ({ page }) => {
    await serve(page, PATH, FORM);
    const answers: ((route: Route) => Promise<void>)[] = [
      (route) => route.abort("connectionreset"),
      (route) => route.fulfill({ status: 502, contentType: "text/plain", body: "<b>proxy</b>" }),
      (route) => route.fulfill({ status: 200, contentType: "text/html", body: "<b>what</b>" }),
    ];
    await answerPosts(page, (route) => answers.shift()!(route));
    await open(page, PATH);
    for (const words of ["The server did not answer. Look before you send it again.", "is not one that this page can show", "is not one that this page can show"]) {
      await page.locator("[data-refusal]").evaluate((slot) => (slot.textContent = ""));
      await page.getByRole("button", { name: "Push" }).click();
      await expect(page.locator("[data-refusal]")).toContainText(words);
    }
  });

  test("is sent by the browser where it is plain, and in its own encoding with a file", async ({ page }) => {
    await serve(
      page,
      PATH,
      `<form method="post" action="/shell-post" data-plain><button>Plain</button></form>
       <form method="post" action="/shell-post" enctype="multipart/form-data"><input type="file" name="file"><button>File</button></form>`,
    );
    const asked = await answerPosts(page, (route) => route.fulfill({ status: 400, contentType: "text/html", body: "no" }));
    await open(page, PATH);
    await page.locator("input[type=file]").setInputFiles({ name: "a.pem", mimeType: "text/plain", buffer: Buffer.from("PEM") });
    await page.getByRole("button", { name: "File", exact: true }).click();
    await expect(page.locator("[data-refusal]")).toHaveText("no");
    expect(asked[0]!.headers()["content-type"]).toContain("multipart/form-data; boundary=");
    await page.getByRole("button", { name: "Plain" }).click();
    await expect(page).toHaveURL("/shell-post");
    expect(asked[1]!.headers()["x-thumbprint-shell"]).toBeUndefined();
  });

  test("that leads to the page it is on loads it again, where it stood", async ({ page }) => {
    let loads = 0;
    await serve(
      page,
      PATH,
      () => `<p>Load ${++loads}</p><details id="more"><summary>More</summary>Inside</details><details id="other"><summary>Other</summary></details>
        <div style="height: 2000px"></div><form method="post" action="/shell-post"><button>Again</button></form><div style="height: 2000px"></div>`,
    );
    await answerPosts(page, (route) => route.fulfill({ status: 204, headers: { "x-location": PATH } }));
    await open(page, PATH);
    await page.getByText("More").click();
    await page.getByRole("button", { name: "Again" }).click();
    await expect(page.getByText("Load 2")).toBeAttached();
    await alive(page);
    await expect(page.locator("#more")).toHaveAttribute("open");
    await expect(page.locator("#other")).not.toHaveAttribute("open");
    await expect(page.getByRole("button", { name: "Again" })).toBeInViewport();
    await page.reload();
    await alive(page);
    await expect(page.locator("#more")).toHaveAttribute("open");
  });
});

test("a searched form leaves out what is empty, and of a name the last", async ({ page }) => {
  await serve(
    page,
    PATH,
    `<form method="get" action="${PATH}"><input type="hidden" name="scope" value="mine"><input name="q"><input name="app[]" value="a">
      <input name="app[]" value="b"><input name="app[]" value="a"><button name="scope" value="all">All</button><button>Search</button></form>`,
  );
  await open(page, PATH);
  await page.getByRole("button", { name: "All" }).click();
  await expect(page).toHaveURL(`${PATH}?app%5B%5D=a&app%5B%5D=b&scope=all`);
  await alive(page);
  await page.locator("[name=q]").fill("pay roll");
  await page.getByRole("button", { name: "Search" }).click();
  await expect(page).toHaveURL(`${PATH}?scope=mine&q=pay+roll&app%5B%5D=a&app%5B%5D=b`);
});

test("copies, and says so", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await serve(page, PATH, `<button class="button needs-shell" data-copy="AB:CD"><span>Copy</span></button>`);
  await open(page, PATH);
  const button = page.getByRole("button", { name: "Copy" });
  await button.locator("span").click();
  await expect(button).toHaveAttribute("data-copied");
  await expect(page.locator("#live")).toHaveText("Copied");
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe("AB:CD");
  await expect(button).not.toHaveAttribute("data-copied");
  await page.evaluate(() => Object.defineProperty(navigator, "clipboard", { value: { writeText: () => Promise.reject(new DOMException("no")) } }));
  await button.click();
  await expect(page.locator("#live")).toContainText("did not allow copying");
});

test("a menu closes on Escape, on a click elsewhere, and when the focus leaves", async ({ page }) => {
  await serve(page, PATH, `<details class="menu"><summary>Menu</summary><a href="#x">Entry</a></details><button>After</button>`);
  await open(page, PATH);
  const menu = page.locator("details");
  const summary = page.getByText("Menu");
  await summary.click();
  await page.getByRole("link").focus();
  await page.keyboard.press("Escape");
  await expect(menu).not.toHaveAttribute("open");
  await expect(summary).toBeFocused();
  await summary.click();
  await page.getByRole("button").click();
  await expect(menu).not.toHaveAttribute("open");
  await summary.click();
  await page.keyboard.press("Tab");
  await expect(menu).toHaveAttribute("open");
  await page.keyboard.press("Tab");
  await expect(menu).not.toHaveAttribute("open");
});

test("the theme changes in place and is kept", async ({ page }) => {
  const buttons = ["light", "dark", "system"].map((theme) => `<button name="theme" value="${theme}" aria-pressed="${theme === "system"}">${theme}</button>`).join("");
  await serve(page, PATH, `<form method="post" action="/shell-post" data-theme-form>${buttons}</form>`);
  const asked = await answerPosts(page, (route) => route.abort());
  await open(page, PATH);
  await page.getByRole("button", { name: "dark" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(page.getByRole("button", { name: "dark" })).toHaveAttribute("aria-pressed", "true");
  await expect(page.getByRole("button", { name: "system" })).toHaveAttribute("aria-pressed", "false");
  expect((await page.context().cookies()).find(({ name }) => name === "thumbprint-theme")).toMatchObject({ value: "dark", path: "/", sameSite: "Lax" });
  await page.getByRole("button", { name: "system" }).click();
  await expect(page.locator("html")).not.toHaveAttribute("data-theme");
  expect((await page.context().cookies()).some(({ name }) => name === "thumbprint-theme")).toBe(false);
  expect(asked).toHaveLength(0);
});

test.describe("the palette", () => {
  const BODY = `<input data-search aria-label="Field"><a href="/search" data-palette="/shell-palette">Search</a>
    <dialog id="palette"><div><input role="combobox" aria-label="Ask"><button data-close>Close</button>
    <ul id="palette-list" role="listbox"></ul><p id="palette-state" role="status"></p></div></dialog>
    <dialog id="shortcuts"><p>Keys</p></dialog>`;

  async function answer(page: Page, slow?: (q: string) => Promise<void>): Promise<string[]> {
    const asked: string[] = [];
    await page.route("**/shell-palette?*", async (route) => {
      const q = new URL(route.request().url()).searchParams.get("q")!;
      asked.push(q);
      await slow?.(q);
      const options = ["one", "two", "three"].map((name, at) => `<li role="option" id="palette-${at}" aria-selected="${at === 0}" data-path="${PATH}?${name}=${q}">${name} ${q}</li>`);
      await route.fulfill({ contentType: "text/html", body: `<ul id="palette-list" role="listbox">${options.join("")}</ul><p id="palette-state" role="status">3 found for ${q}</p>` }).catch(() => {});
    });
    return asked;
  }

  test("opens by its button and by the keyboard, asks once for what is typed, and goes where Enter says", async ({ page }) => {
    await serve(page, PATH, BODY);
    const asked = await answer(page);
    await open(page, PATH);
    await page.keyboard.press("Control+k");
    const ask = page.getByRole("combobox");
    await expect(ask).toBeFocused();
    await expect(page.getByRole("option")).toHaveCount(3);
    await ask.pressSequentially("pay", { delay: 10 });
    await expect(page.locator("#palette-state")).toHaveText("3 found for pay");
    expect(asked).toEqual(["", "pay"]);
    await expect(ask).toHaveAttribute("aria-activedescendant", "palette-0");
    await page.keyboard.press("ArrowUp");
    await expect(ask).toHaveAttribute("aria-activedescendant", "palette-2");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await expect(page.getByRole("option", { selected: true })).toHaveText("two pay");
    await page.getByRole("option", { name: "three" }).hover();
    await expect(ask).toHaveAttribute("aria-activedescendant", "palette-2");
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(`${PATH}?three=pay`);
  });

  test("shows no older answer, and Enter waits for the newest", async ({ page }) => {
    await serve(page, PATH, BODY);
    let first = (): void => {};
    const held = new Promise<void>((resolve) => (first = resolve));
    const asked = await answer(page, (q) => (q === "a" ? held : Promise.resolve()));
    await open(page, PATH);
    await page.getByRole("link", { name: "Search" }).click();
    await expect(page.getByRole("option")).toHaveCount(3);
    await page.keyboard.type("a");
    await expect.poll(() => asked).toContain("a");
    await page.keyboard.type("b");
    await page.keyboard.press("Enter");
    first();
    await expect(page).toHaveURL(`${PATH}?one=ab`);
  });

  test("closes by its button, its backdrop and Escape, and gives the focus back", async ({ page }) => {
    await serve(page, PATH, BODY);
    await answer(page);
    await open(page, PATH);
    const link = page.getByRole("link", { name: "Search" });
    const dialog = page.locator("#palette");
    for (const close of [
      () => page.getByRole("button", { name: "Close" }).click(),
      () => page.mouse.click(2, 2),
      () => page.keyboard.press("Escape"),
    ]) {
      await link.click();
      await expect(dialog).toHaveAttribute("open");
      await close();
      await expect(dialog).not.toHaveAttribute("open");
      await expect(link).toBeFocused();
    }
    // Whoever marks text in it and lets go outside does not mean to close it.
    await link.click();
    await page.getByRole("combobox").hover();
    await page.mouse.down();
    await page.mouse.move(2, 2);
    await page.mouse.up();
    await expect(dialog).toHaveAttribute("open");
  });

  test("and the keys of one character, which do not get in the way of typing", async ({ page }) => {
    await serve(page, PATH, BODY);
    await open(page, PATH);
    await page.keyboard.press("/");
    const field = page.getByLabel("Field");
    await expect(field).toBeFocused();
    await page.keyboard.type("a/?");
    await expect(field).toHaveValue("a/?");
    await expect(page.locator("#shortcuts")).not.toHaveAttribute("open");
    await field.blur();
    await page.keyboard.press("?");
    await expect(page.locator("#shortcuts")).toHaveAttribute("open");
  });

  test("says when the search did not answer", async ({ page }) => {
    await serve(page, PATH, BODY);
    await page.route("**/shell-palette?*", (route) => route.fulfill({ status: 500 }));
    await open(page, PATH);
    await page.keyboard.press("Control+k");
    await expect(page.locator("#palette-state")).toHaveText("The search did not answer. The search page says why.");
  });
});

test.describe("live parts", () => {
  test("change in place: focus, selection, open details and typed words stay", async ({ page }) => {
    await serve(
      page,
      PATH,
      `<div data-live="/shell-events"><section id="run"><h2>Running</h2><p>1 of 9</p><button>Pause</button><input value="">
        <details><summary>Why</summary>old</details><ul><li id="a">a</li><li id="b">b</li></ul></section><p id="apart">outside</p></div>`,
    );
    const html = `<section id="run" class="new"><h2>Paused</h2><p>5 of 9</p><button>Pause</button><input value="">
      <details><summary>Why</summary>new</details><ul><li id="c">c</li><li id="b">b2</li><li id="a">a</li></ul></section><p id="nowhere">x</p>`;
    let events = (): void => {};
    const held = new Promise<void>((resolve) => (events = resolve));
    await page.route("**/shell-events", async (route) => {
      await held;
      const data = html.split("\n").map((line) => `data: ${line}\n`).join("");
      await route.fulfill({ contentType: "text/event-stream", body: `event: html\n${data}\nevent: over\ndata: \n\n` });
    });
    await open(page, PATH);
    await page.getByText("Why").click();
    await page.locator("input").fill("typed");
    const a = await page.locator("#a").elementHandle();
    await page.getByRole("button", { name: "Pause" }).focus();
    events();
    await expect(page.locator("#run h2")).toHaveText("Paused");
    await expect(page.locator("#run")).toHaveClass("new");
    await expect(page.getByRole("button", { name: "Pause" })).toBeFocused();
    await expect(page.locator("input")).toHaveValue("typed");
    await expect(page.locator("details")).toHaveAttribute("open");
    await expect(page.locator("details")).toContainText("new");
    await expect(page.locator("li")).toHaveText(["c", "b2", "a"]);
    expect(await a!.evaluate((node) => node.isConnected && node === document.getElementById("a"))).toBe(true);
    await expect(page.locator("#nowhere")).toHaveCount(0);
    await expect(page.locator("[data-live]")).toHaveAttribute("data-live-state", "over");
  });

  test("say when they are cut, and go on by themselves", async ({ page }) => {
    await serve(page, PATH, `<div data-live="/shell-events"><p id="count">0</p></div>`);
    let asked = 0;
    await page.route("**/shell-events", async (route) => {
      asked += 1;
      if (asked === 1) return route.fulfill({ status: 503 });
      return route.fulfill({ contentType: "text/event-stream", body: `event: html\ndata: <p id="count">${asked}</p>\n\nevent: over\ndata: \n\n` });
    });
    await open(page, PATH);
    await expect(page.locator("[data-live]")).toHaveAttribute("data-live-state", "cut");
    await expect(page.locator("#live")).toContainText("The connection is cut");
    await expect(page.locator("#count")).toHaveText("2", { timeout: 10_000 });
    await expect(page.locator("[data-live]")).toHaveAttribute("data-live-state", "over");
  });
});

test("a button waits until the words are typed", async ({ page }) => {
  await serve(page, PATH, `<form method="post" action="/shell-post"><input data-confirm="remove 3 entries"><button data-confirmed>Remove</button></form>`);
  await open(page, PATH);
  const button = page.getByRole("button");
  await expect(button).toBeDisabled();
  await page.getByRole("textbox").fill("remove 3 entrie");
  await expect(button).toBeDisabled();
  await page.getByRole("textbox").fill("  remove 3 entries ");
  await expect(button).toBeEnabled();
});

test.describe("choosing apps", () => {
  const NAMES = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta"];
  /** Two pages of three apps; what is ticked and elsewhere is listed beside it, as the server does. */
  const body = (url: URL): string => {
    const chosen = url.searchParams.getAll("app[]");
    const page = Number(url.searchParams.get("page") ?? 1);
    const here = NAMES.slice(page * 3 - 3, page * 3);
    const tick = (name: string): string => `<label><input type="checkbox" name="app[]" value="${name}" data-name="The ${name}" ${chosen.includes(name) ? "checked" : ""}>${name}</label>`;
    const elsewhere = chosen.filter((name) => !here.includes(name));
    return `<form method="get" action="${PATH}" data-picker="fixture"><input name="q"><button>Search</button>
      <label><input type="checkbox" data-pick-all>Page</label><label><input type="checkbox" name="all" value="on">Everything</label>
      <table><tbody>${here.map((name) => `<tr><td>${tick(name)}</td></tr>`).join("")}</tbody></table>
      <button name="page" value="${3 - page}">Other page</button>
      <section data-chosen-box><h2>Elsewhere</h2><fieldset data-chosen>${elsewhere.map(tick).join("")}</fieldset></section>
      <p data-picked data-none="No app chosen yet" data-one="1 app chosen" data-many="{n} apps chosen" data-all="All 6 apps" data-over="{n} apps chosen; tick at most 4" data-most="4"></p>
      <button formmethod="post" formaction="/shell-post">Preview</button></form><a data-keep href="${PATH}?page=2">Kept</a><a href="${PATH}">Plain</a>`;
  };
  const picked = (page: Page) => page.locator("[data-picked]");
  const tick = (page: Page, name: string) => page.locator("table").getByLabel(name);

  test("ticks survive paging, searching, leaving, and go with the post", async ({ page }) => {
    await serve(page, PATH, body);
    await serve(page, "/shell-elsewhere", `<a href="${PATH}">Back</a>`);
    const asked = await answerPosts(page, (route) => route.fulfill({ status: 204, headers: { "x-location": "/shell-elsewhere" } }));
    await open(page, PATH);
    await expect(picked(page)).toHaveText("No app chosen yet");
    await expect(page.locator("[data-chosen-box]")).toBeHidden();
    await tick(page, "beta").check();
    await expect(picked(page)).toHaveText("1 app chosen");
    await expect(page).toHaveURL(`${PATH}?app%5B%5D=beta`);
    await page.getByRole("button", { name: "Other page" }).click();
    await alive(page);
    await expect(page.locator("[data-chosen-box]").getByLabel("beta")).toBeChecked();
    await tick(page, "delta").check();
    await page.locator("[name=q]").fill("x");
    await page.getByRole("button", { name: "Search" }).click();
    await alive(page);
    await expect(picked(page)).toHaveText("2 apps chosen");
    // By another way, without the address: this tab remembers.
    await page.goto("/shell-elsewhere");
    await page.getByRole("link").click();
    await alive(page);
    await expect(tick(page, "beta")).toBeChecked();
    await expect(page.locator("[data-chosen]").getByLabel("The delta")).toBeChecked();
    await expect(page).toHaveURL(/app%5B%5D=beta&app%5B%5D=delta/);
    await page.locator("[data-chosen]").getByLabel("The delta").uncheck();
    await expect(picked(page)).toHaveText("1 app chosen");
    await page.getByRole("link", { name: "Kept" }).click();
    await expect(page).toHaveURL(`${PATH}?page=2&app%5B%5D=beta`);
    await alive(page);
    await tick(page, "zeta").check();
    await page.getByRole("button", { name: "Preview" }).click();
    await expect(page).toHaveURL("/shell-elsewhere");
    const sent = new URLSearchParams(asked[0]!.postData()!);
    expect(sent.getAll("app[]").sort()).toEqual(["beta", "zeta"]);
    // What was sent is done; Back still has it.
    await page.getByRole("link").click();
    await alive(page);
    await expect(picked(page)).toHaveText("No app chosen yet");
  });

  test("a page at once, a range with Shift, everything, and no more than fits", async ({ page }) => {
    await serve(page, PATH, body);
    await open(page, PATH);
    const all = page.getByLabel("Page");
    await tick(page, "alpha").click();
    expect(await all.evaluate((box: HTMLInputElement) => box.indeterminate)).toBe(true);
    await tick(page, "gamma").click({ modifiers: ["Shift"] });
    await expect(tick(page, "beta")).toBeChecked();
    await expect(all).toBeChecked();
    await expect(picked(page)).toHaveText("3 apps chosen");
    await page.getByRole("button", { name: "Other page" }).click();
    await alive(page);
    await page.getByLabel("Page").check();
    await expect(picked(page)).toHaveText("6 apps chosen; tick at most 4");
    await page.getByLabel("Everything").check();
    await expect(picked(page)).toHaveText("All 6 apps");
    await expect(page).toHaveURL(/all=on/);
    await page.getByLabel("Page").uncheck();
    await page.getByLabel("Everything").uncheck();
    await expect(picked(page)).toHaveText("3 apps chosen");
  });
});

test.describe("times", () => {
  test.use({ timezoneId: "America/New_York" });

  test("are the person's own, with UTC at hand, and another zone if they choose", async ({ page, context }) => {
    const soon = new Date(Date.now() + (22 * 60 + 30) * 60_000).toISOString();
    await serve(
      page,
      PATH,
      `<time id="minute" datetime="2027-09-12T02:30:00Z" title="2027-09-12 02:30:00 UTC" data-local="minute">12 Sep 2027, 02:30 <span>in 2 days</span></time>
       <time id="day" datetime="2027-09-12T02:30:00Z" data-local="day">12 Sep 2027</time>
       <time id="soon" datetime="${soon}" data-local="day" data-until>x</time><time id="past" datetime="2020-01-01T00:00:00Z" data-local="day" data-until>x</time>`,
    );
    await open(page, PATH);
    await expect(page.locator("#minute")).toHaveText("11 Sep 2027, 22:30in 2 days");
    await expect(page.locator("#minute")).toHaveAttribute("title", "2027-09-12 02:30:00 UTC");
    await expect(page.locator("#day")).toHaveText("11 Sep 2027");
    await expect(page.locator("#soon .time__left")).toHaveText("22 hours left");
    await expect(page.locator("#past .time__left")).toHaveCount(0);
    for (const [zone, words] of [
      ["Asia/Tokyo", "12 Sep 2027, 11:30"],
      ["UTC", "12 Sep 2027, 02:30"],
      ["No/Where", "11 Sep 2027, 22:30"],
    ] as const) {
      await context.addCookies([{ name: "thumbprint-zone", value: encodeURIComponent(zone), url: page.url() }]);
      await page.reload();
      await alive(page);
      await expect(page.locator("#minute")).toContainText(words);
    }
  });
});

test("the focus is where the page, or the address, says", async ({ page }) => {
  await serve(page, PATH, `<h1 data-focus>Preview</h1><div style="height: 3000px"></div><div id="refused"><p>Refused</p></div>`);
  await open(page, PATH);
  await expect(page.getByRole("heading")).toBeFocused();
  await page.goto("about:blank");
  await open(page, `${PATH}#refused`);
  await expect(page.locator("#refused")).toBeFocused();
  await expect(page.locator("#refused")).toBeInViewport();
});

test("a file's text comes into its field, whatever its encoding", async ({ page }) => {
  await serve(page, PATH, `<input type="file" data-read-into="csv"><textarea id="csv"></textarea>`);
  await open(page, PATH);
  for (const bytes of [Buffer.from("Käse,1", "utf8"), Buffer.from("\ufeffKäse,1", "utf16le"), Buffer.from("Käse,1", "latin1")]) {
    await page.locator("textarea").fill("");
    await page.locator("input").setInputFiles({ name: "a.csv", mimeType: "text/csv", buffer: bytes });
    await expect(page.locator("textarea")).toHaveValue("Käse,1");
    await expect(page.locator("#live")).toHaveText("The file's text is in the field");
  }
  await expect(page.locator("input")).toHaveValue("");
});

test("the worker's host is asked for where there is a tool, and its forms wait for it", async ({ page }) => {
  const host = "/shell-host.js";
  await serve(page, PATH, `<div data-tool="certificates"><form method="post" action="/shell-post" data-tool-form="read"><textarea name="text">secret</textarea><button>Read</button></form></div>`, `data-host="${host}"`);
  const asked = await answerPosts(page, (route) => route.abort());
  await page.route(`**${host}`, (route) => route.fulfill({ contentType: "text/javascript", body: "document.documentElement.dataset.hostReady = '';" }));
  await open(page, PATH);
  await expect(page.locator("html")).toHaveAttribute("data-host-ready");
  await page.getByRole("button").click();
  await expect(page.getByRole("textbox")).toHaveValue("secret");
  await expect(page).toHaveURL(PATH);
  expect(asked).toHaveLength(0);
});

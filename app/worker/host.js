// Stands in the page between its controls and its workers, which have no network and no page of their own. What a control
// holds goes to a worker; what comes back is put in place. To the portal go ids, thumbprints and finished assertions alone,
// each in its shape: see `effects`. The attributes are listed in views/src/components/workbench.rs.

const root = document.querySelector("[data-tool]");
const { workerJs, workerWasm, secondJs, secondWasm } = document.documentElement.dataset;
const HELD = "thumbprint-doctor";
const MOST_BYTES = 1024 * 1024 + 1;
const MOST_FILES = 200;
const TYPING = 150;

// Where browsers have Trusted Types: HTML is what a worker has rendered, and a worker's script is one of the portal's own files.
const trusted = globalThis.trustedTypes?.createPolicy("thumbprint-tools", {
  createHTML: (html) => html,
  createScriptURL(path) {
    const { origin, pathname } = new URL(path, location.href);
    if (origin === location.origin && pathname.startsWith("/pkg/")) return path;
    throw new TypeError("not a script of this portal");
  },
}) ?? { createHTML: (html) => html, createScriptURL: (path) => path };

const all = (selector) => [...root.querySelectorAll(selector)];
const slot = (kind, name) => all(`[data-tool-${kind}]`).filter((it) => it.getAttribute(`data-tool-${kind}`) === name);
const dialog = root?.querySelector("[data-tool-dialog]");

const progress = (words) => {
  const line = root.querySelector("[data-tool-progress]");
  if (line.textContent !== words) line.textContent = words;
};

/* A worker: started once it is needed; until it answers, messages wait. */

let number = 0;
// How many messages are not yet answered in full, by whichever worker.
let unanswered = 0;
// What is done when all are.
let afterwards = null;

function goOn() {
  const next = afterwards;
  afterwards = null;
  next?.();
}

function reader(js, wasm) {
  let port = null;
  const waiting = [];
  let state = "absent";
  // Files are read one after the other, so that they arrive in their order.
  let queue = Promise.resolve();
  // The forms whose messages are not yet answered in full, by number.
  const busy = new Map();

  async function start() {
    if (state !== "absent") return;
    state = "starting";
    try {
      const module = await WebAssembly.compileStreaming(fetch(wasm));
      const worker = new Worker(trusted.createScriptURL(js), { type: "module" });
      worker.onmessage = ({ data: [json, bytes] }) => carryOut(JSON.parse(json), bytes, me);
      worker.onerror = () => stop(worker);
      worker.postMessage(module);
      port = worker;
      state = "there";
      post({ open: { given: JSON.parse(root.dataset.given) } }, 0);
      for (const go of waiting.splice(0)) queue = queue.then(go);
    } catch {
      // The next attempt begins with the next touch; what was chosen waits for it.
      state = "absent";
      if (waiting.length > 0) progress("The reader could not be loaded, so nothing was read yet. Look at the connection, then press here.");
      goOn();
    }
  }

  function stop(worker) {
    worker.terminate();
    state = "stopped";
    for (const of of [...busy.keys()]) settle(of);
    progress("The reader stopped. Load the page again; nothing was sent.");
  }

  function post(message, of, bytes) {
    const json = JSON.stringify(message, (_, value) => (typeof value === "string" ? wellFormed(value) : value));
    port.postMessage([json, of, bytes], bytes ? [bytes.buffer] : []);
  }

  /** It is answered in full, or never will be. */
  function settle(of) {
    if (!busy.has(of)) return;
    idle(busy.get(of));
    busy.delete(of);
    unanswered -= 1;
    if (unanswered > 0) return;
    progress("");
    goOn();
  }

  /** `make` gives the message and its bytes when the worker is there. */
  function send(make, form, words) {
    if (state === "stopped") return;
    const of = ++number;
    busy.set(of, form);
    unanswered += 1;
    pending(form);
    const go = async () => {
      try {
        const [message, bytes] = await make();
        post(message, of, bytes);
      } catch {
        settle(of);
        progress("The file could not be read. Choose it again.");
      }
    };
    if (state === "there") {
      if (words) progress(words);
      queue = queue.then(go);
    } else {
      progress("Getting ready to read it");
      waiting.push(go);
      void start();
    }
  }

  const tell = (message, form, words) => send(() => [message], form, words);
  const me = { start, send, settle, tell, waits: () => waiting.length > 0 };
  return me;
}

/** A text that was cut within an emoji has half of it, which no UTF-8 has and the worker would not read. */
function wellFormed(text) {
  return text.toWellFormed?.() ?? text.replace(/\p{Surrogate}/gu, "\ufffd");
}

const first = reader(workerJs, workerWasm);
// It is fetched when there is something for it.
const second = secondJs && secondWasm ? reader(secondJs, secondWasm) : first;
// Who reads files.
const opener = root?.dataset.files === "second" ? second : first;
// Who has opened the dialog.
let asker = first;

/** Whose an element is. */
function readerOf(element) {
  if (dialog.contains(element)) return asker;
  return element.closest("[data-tool-second]") ? second : first;
}

/* What a worker wants done: `from` is the one. */

const effects = {
  html({ slot: name, html }) {
    for (const element of slot("answer", name)) element.innerHTML = trusted.createHTML(html);
  },
  show({ slot: name, shown }) {
    for (const element of slot("shown", name)) element.hidden = !shown;
  },
  value({ id, text }) {
    const field = document.getElementById(id);
    if (field) field.value = text;
  },
  dialog({ html }, _, from) {
    if (html === null) return dialog.open && dialog.close();
    asker = from;
    dialog.innerHTML = trusted.createHTML(html);
    if (!dialog.open) dialog.showModal();
    dialog.querySelector("input")?.focus();
  },
  again({ id }) {
    const field = document.getElementById(id);
    if (!field) return;
    field.setAttribute("aria-invalid", "true");
    field.focus();
  },
  "look-up"({ number, app, thumbprints }, _, from) {
    if (!(app === null || UUID.test(app)) || !thumbprints.every((it) => HEX.test(it))) return;
    const query = new URLSearchParams(Object.entries({ app: app ?? "", thumbprints: thumbprints.join(",") }).filter(([, it]) => it));
    void ask(from, number, `/api/doctor-evidence?${query}`);
  },
  prove({ number, app, assertion, attempt }, _, from) {
    if (!UUID.test(app) || !JWT.test(assertion) || !Number.isInteger(attempt)) return;
    void ask(from, number, "/api/prove", { method: "POST", body: new URLSearchParams({ app, assertion, attempt }) });
  },
  tell({ letter }, _, from) {
    const to = from === first ? second : first;
    if (to !== from) to.tell({ told: letter });
  },
  save({ name, media_type: type }, bytes) {
    const url = URL.createObjectURL(new Blob([bytes], { type }));
    bytes.fill(0);
    Object.assign(document.createElement("a"), { href: url, download: name }).click();
    // Some browsers fetch it only after this.
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  },
  search({ thumbprint }) {
    if (HEX.test(thumbprint)) location.assign(`/search?q=${thumbprint}`);
  },
  keep({ kept: text }) {
    kept = text;
  },
  done({ of }, _, from) {
    from.settle(of);
  },
};

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const HEX = /^[0-9A-F]{40}$/;
const JWT = /^[\w-]{1,2000}\.[\w-]{1,4000}\.[\w-]{1,2800}$/;

const carryOut = (effect, bytes, from) => effects[effect.do]?.(effect, bytes, from);

async function ask(from, number, path, options) {
  let answer = { status: 0, body: "" };
  try {
    const response = await fetch(path, { ...options, headers: { accept: "application/json" } });
    answer = { status: response.status, body: await response.text() };
  } catch {
    // Said by the worker, which knows where.
  }
  from.tell({ answered: { number, ...answer } });
}

/* A form whose answer is awaited says so, and keeps its focus. */

function pending(form) {
  const button = form?.querySelector("button[data-pending]");
  if (!button || button.dataset.idle !== undefined) return;
  const words = button.querySelector("span") ?? button;
  button.dataset.idle = words.textContent;
  button.setAttribute("aria-disabled", "true");
  words.textContent = button.dataset.pending;
}

function idle(form) {
  const button = form?.querySelector("button[data-pending]");
  if (!button || button.dataset.idle === undefined) return;
  (button.querySelector("span") ?? button).textContent = button.dataset.idle;
  button.removeAttribute("aria-disabled");
  delete button.dataset.idle;
}

/* Files and texts. */

function take(files) {
  files.slice(0, MOST_FILES).forEach((file, at) => {
    const make = async () => {
      // One byte over the limit is enough to be refused; the rest of a huge file need not be read.
      const bytes = new Uint8Array(await file.slice(0, MOST_BYTES).arrayBuffer());
      return [{ file: { name: file.name, first: at === 0 } }, bytes];
    };
    opener.send(make, undefined, `Reading ${file.name}`);
  });
}

function takeText(text) {
  const field = root.querySelector("[data-tool-text]");
  field.value = text;
  takeTyped(field);
}

/** What was dropped or pasted: files, or else a text. */
function takeTransfer(data, name) {
  const text = data.getData("text/plain");
  if (data.files.length > 0) take([...data.files]);
  else if (!text.trim()) return false;
  else if (opener === first) take([new File([text], name)]);
  else takeText(text);
  return true;
}

/** The field is emptied, so that the same file can be chosen again. */
function takeChosen(input) {
  const files = [...input.files];
  input.value = "";
  if (files.length > 0) take(files);
}

function takeForm(form) {
  if (form.querySelector("button[data-pending]")?.dataset.idle !== undefined) return;
  const secrets = [...form.querySelectorAll("[data-tool-secret]")];
  const fields = [...new FormData(form)].filter(([, value]) => typeof value === "string");
  const message = { form: { name: form.dataset.toolForm, fields, secrets: secrets.map((field) => field.value) } };
  for (const field of secrets) {
    field.value = "";
    field.removeAttribute("aria-invalid");
  }
  readerOf(form).tell(message, form);
}

let typed = new Map();

function takeTyped(field) {
  clearTimeout(typed.get(field));
  typed.delete(field);
  const name = field.dataset.toolField;
  readerOf(field).tell(name === undefined ? { text: { text: field.value } } : { field: { name, value: field.value } });
}

function whenTyped(field) {
  clearTimeout(typed.get(field));
  typed.set(field, setTimeout(() => takeTyped(field), TYPING));
}

/** Who goes to sign in finds the paste again, secrets masked. */
let kept = null;

function putAside() {
  try {
    if (kept !== null) sessionStorage.setItem(HELD, kept);
  } catch {
    // Where nothing may be kept, nothing waits.
  }
}

/** Who goes to sign in while something is being read goes when it is: it is put aside as well. */
function leave(event, link) {
  for (const field of [...typed.keys()]) takeTyped(field);
  if (unanswered === 0 || event.ctrlKey || event.metaKey || event.shiftKey) return putAside();
  event.preventDefault();
  afterwards = () => {
    putAside();
    location.assign(link.href);
  };
}

function takeHeld() {
  try {
    const held = sessionStorage.getItem(HELD);
    sessionStorage.removeItem(HELD);
    return held;
  } catch {
    return null;
  }
}

/** Elements that make no sense while a radio button has some value. */
function follow(form) {
  for (const element of form.querySelectorAll("[data-unless]")) {
    const [name, value] = element.dataset.unless.split(":");
    const off = new FormData(form).get(name) === value;
    if ("disabled" in element) element.disabled = off;
    else element.hidden = off;
  }
}

function attend() {
  const within = (event, selector) => event.target instanceof Element && root.contains(event.target) && event.target.closest(selector);
  const over = (zone) => {
    for (const element of document.querySelectorAll("[data-drop]")) element.classList.toggle("over", element === zone);
  };
  const capture = { capture: true };

  addEventListener("submit", (event) => {
    if (!within(event, "form[data-tool-form]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    takeForm(event.target);
  }, capture);
  addEventListener("change", (event) => {
    if (within(event, "[data-tool-file]")) takeChosen(event.target);
    else if (within(event, "form:has([data-unless])")) follow(event.target.form);
  }, capture);
  addEventListener("input", (event) => {
    if (within(event, "[data-tool-text], [data-tool-field]")) whenTyped(event.target);
  });
  addEventListener("click", (event) => {
    const button = within(event, "[data-tool-do]");
    if (button) readerOf(button).tell({ do: { what: button.dataset.toolDo, value: button.value } });
    const link = event.target instanceof Element && event.target.closest("a[href^='/sign-in']");
    if (link) leave(event, link);
  }, capture);
  addEventListener("dragover", (event) => {
    const zone = within(event, "[data-drop]");
    over(zone);
    if (zone) event.preventDefault();
  });
  addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) over(null);
  });
  addEventListener("drop", (event) => {
    const zone = within(event, "[data-drop]");
    over(null);
    if (zone && event.dataTransfer && takeTransfer(event.dataTransfer, "Dropped text")) event.preventDefault();
  });
  addEventListener("paste", (event) => {
    const intoField = event.target instanceof Element && event.target.closest("input, textarea, select, dialog, [contenteditable]");
    if (intoField || !root.querySelector("[data-drop]") || !event.clipboardData) return;
    if (takeTransfer(event.clipboardData, "Pasted text")) event.preventDefault();
  });
  // It may be open again already, for the next file.
  dialog.addEventListener("close", () => dialog.open || asker.tell("closed"));

  for (const event of ["pointerdown", "focusin", "dragenter"]) {
    root.addEventListener(event, ({ target, type }) => {
      void first.start();
      if (type === "dragenter") void opener.start();
      if (second.waits() || (target instanceof Element && readerOf(target) === second)) void second.start();
    });
  }
  for (const form of all("form:has([data-unless])")) follow(form);

  // What was chosen, typed or put aside before.
  for (const input of all("[data-tool-file]")) takeChosen(input);
  const texts = all("[data-tool-text], [data-tool-field]").filter((field) => field.value);
  const held = takeHeld();
  if (texts.length > 0) texts.forEach(takeTyped);
  else if (held !== null && root.dataset.tool === "doctor") first.tell({ held: { kept: held } });
  if (root.dataset.lazy === undefined) (window.requestIdleCallback ?? setTimeout)(() => void first.start());
  document.documentElement.setAttribute("data-host-ready", "");
}

if (root && workerJs && workerWasm) attend();

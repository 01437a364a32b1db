// Keeps the composer ready: focus comes back by itself, Enter sends, and no key typed meanwhile is lost.
import { blocked, report, when } from "./tailgate-report.js";

const form = document.getElementById("channel-composer");
const field = document.getElementById("channel-composer-input");
const EDITABLE = "input, textarea, select, [contenteditable]";

const picker = () => report()?.commandPicker ?? null;
const chip = () => form.querySelector(".command-chip");
const popup = () => form.querySelector(".command-popup:not([hidden])");
const suggestions = () => [...(popup()?.querySelectorAll(".command-suggestion") ?? [])];
const printable = (event) => event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;

/** @param {Element | null} target @param {string} key */
function press(target, key) {
  target?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
}

function closeSuggestions() {
  if (popup()) press(chip(), "Escape");
}

/** @param {Event} event */
function swallow(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}

// --- focus

/** Whether a dialog or an open list owns the keyboard. */
function occupied() {
  const now = report();
  return !now || now.renderState.modalHandle !== null || now.renderState.openPopupKey !== null;
}

function focusComposer() {
  if (form.hidden) return;
  if (field.isConnected) field.focus({ preventScroll: true });
  else {
    const empty = [...form.querySelectorAll(".command-option-input")].find((input) => !input.value);
    (empty ?? chip())?.focus({ preventScroll: true });
  }
}

/** Bring the focus back when nothing has it, and nobody is marking text. */
function refocus() {
  const active = document.activeElement;
  if (active && active !== document.body && active.isConnected) return;
  if (!occupied() && getSelection()?.isCollapsed !== false) focusComposer();
}

// --- keys typed while a command is on its way wait, and are typed when the field is back

let held = 0; // how many things sent with Enter wait for their turn
const early = [];

/** Wait for `test` while the keyboard waits too. */
async function hold(test) {
  held += 1;
  const came = await when(test);
  held -= 1;
  return came;
}

const underWay = () => held > 0 || (picker()?.state === "pending" && !field.isConnected);

/** Whether the key has to wait; then it does. @param {KeyboardEvent} event */
function keptForLater(event) {
  if (!event.isTrusted || !(early.length || underWay()) || occupied()) return false;
  if (!printable(event) && event.key !== "Enter") return false;
  if (event.target !== document.body && !form.contains(event.target)) return false;
  if (early.push(event.key) === 1) void typeEarlyKeys();
  return true;
}

async function typeEarlyKeys() {
  while (early.length && await when(() => !underWay())) {
    if (!form.contains(document.activeElement)) focusComposer();
    press(document.activeElement, early[0]);
    const place = document.activeElement;
    if (early[0].length === 1 && (place === field || place instanceof HTMLInputElement)) {
      place.setRangeText(early[0], place.selectionStart, place.selectionEnd, "end");
      place.dispatchEvent(new InputEvent("input", { bubbles: true }));
    }
    early.shift();
  }
  early.length = 0;
}

// --- Enter

/** What Enter is about to do; asked before simcord handles the key. @param {KeyboardEvent} event */
function enterDoes(event) {
  if (event.target === field && picker()?.state === "browsing") return "pick a command";
  if (event.target instanceof HTMLElement && event.target.matches(".command-option-input")
    && suggestions().some((item) => item.getAttribute("aria-selected") === "true")) return "pick a value";
  return event.target === chip() ? "send" : null;
}

/** After a command was picked with Enter: one that needs nothing more goes out at once. */
function sendIfComplete() {
  const draft = picker()?.draft;
  if (!draft || draft.missingRequired.length) return;
  closeSuggestions();
  form.requestSubmit();
}

/** After a value was picked: the next missing option has the focus already, or the next Enter sends. */
function standReady() {
  const draft = picker()?.draft;
  if (!draft || draft.missingRequired.length) return;
  chip()?.focus();
  closeSuggestions();
}

let doing = null;

/** @param {KeyboardEvent} event */
async function beforeEnter(event) {
  doing = event.shiftKey ? null : enterDoes(event);
  if (doing === "pick a command" && !picker().entryKeys.length) { // the list of commands is still on its way
    swallow(event);
    if (await hold(() => picker()?.entryKeys.length)) press(field, "Enter");
  } else if (doing === "send") { // an open list of options is only an offer
    swallow(event);
    sendIfComplete();
  }
}

function leaveCommand() {
  form.querySelector(".command-context-close")?.click();
  field.value = "";
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || !(event.target instanceof Element)) return;
  if (keptForLater(event)) swallow(event);
  else if (event.key === "Enter") void beforeEnter(event);
  else if (event.key === "Escape" && event.isTrusted && picker()?.draft && !popup()) {
    swallow(event);
    leaveCommand();
  } else if (printable(event) && !occupied()) {
    if (event.target === chip()) { // a word typed behind the command's name begins its first open option
      if (!suggestions().length) form.querySelector(".command-ghost")?.click();
      suggestions()[0]?.click();
    } else if (!event.target.closest(EDITABLE) && event.key !== " ") focusComposer();
  }
}, true);

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  if (doing === "pick a command") sendIfComplete();
  else if (doing === "pick a value") standReady();
  doing = null;
});

// --- a space behind a command's whole name picks it, as on Discord

field.addEventListener("input", () => {
  const name = /^(\/.+) $/.exec(field.value)?.[1];
  if (!name || picker()?.state !== "browsing") return;
  const entries = [...form.querySelectorAll(".command-entry")]
    .map((entry) => ({ entry, title: entry.querySelector("strong")?.textContent ?? "" }));
  const exact = entries.find(({ title }) => title === name);
  if (exact && !entries.some(({ title }) => title.startsWith(`${name} `))) {
    exact.entry.click();
    closeSuggestions();
  }
});

// --- sending waits its turn, and is not dropped, while another action is under way

document.addEventListener("submit", async (event) => {
  if (event.target !== form || !blocked()) return;
  swallow(event);
  const draft = picker()?.draft;
  if (!await hold(() => !blocked())) return;
  if (!draft || picker()?.draft) form.requestSubmit();
  // The other action took the command back to its name: pick it again, lest the name be sent as a message.
  else if (!draft.options.some((option) => option.present)) press(field, "Enter");
}, true);

/** @returns {() => void} what to do after each drawing */
export function keepComposerReady() {
  document.addEventListener("pointerup", (event) => {
    const clicked = event.target instanceof Element && event.target.closest("button.component-button, .server button");
    setTimeout(() => {
      if (clicked && document.activeElement === clicked) clicked.blur();
      refocus();
    });
  });
  window.addEventListener("focus", refocus);
  return refocus;
}

// Keeps the composer ready: focus comes back by itself, Enter sends, and no key typed meanwhile is lost.
import { commandOf, commandsKnown, goesOn, whyNot } from "./tailgate-catalog.js";
import { chip, closeOffers, fill, isField, moveNamed, namesOption, offers, picker, popup, press, saysMore, shareField, standReady } from "./tailgate-form.js";
import { hint } from "./tailgate-notice.js";
import { blocked, report, when } from "./tailgate-report.js";

const form = document.getElementById("channel-composer");
const field = document.getElementById("channel-composer-input");
const EDITABLE = "input, textarea, select, [contenteditable]";

const printable = (event) => event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;

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

const LONG = 60000; // milliseconds: what was typed is not given up sooner
let waiting = 0; // how many things sent with Enter wait for their turn
const early = [];

/** Wait for `test` while the keyboard waits too. */
async function hold(test) {
  waiting += 1;
  const came = await when(test, LONG);
  waiting -= 1;
  return came;
}

/** Do something while the keyboard waits. @param {() => Promise<void>} act */
async function during(act) {
  waiting += 1;
  try {
    await act();
  } finally {
    waiting -= 1;
  }
}

const underWay = () => waiting > 0 || report()?.pendingAction?.kind === "send_message"
  || (picker()?.state === "pending" && !field.isConnected);

/** Whether the key has to wait; then it does. @param {KeyboardEvent} event */
function keptForLater(event) {
  if (!event.isTrusted || !(early.length || underWay()) || occupied()) return false;
  if (!printable(event) && event.key !== "Enter") return false;
  if (event.target !== document.body && !form.contains(event.target)) return false;
  if (early.push(event.key) === 1) void typeEarlyKeys();
  return true;
}

async function typeEarlyKeys() {
  while (early.length && await when(() => !underWay(), LONG)) {
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
  if (isField(event.target)) {
    if (!browsed && saysMore(event.target)) return "share out";
    return offers().some((item) => item.getAttribute("aria-selected") === "true") ? "pick a value" : "send";
  }
  return event.target === chip() ? "send" : null;
}

/** After a command was picked with Enter: one that needs nothing more goes out at once. */
function sendIfComplete() {
  const draft = picker()?.draft;
  if (!draft || draft.missingRequired.length) return;
  closeOffers();
  form.requestSubmit();
}

let doing = null;
let browsed = false; // whether the arrow keys chose among the offers

/** @param {KeyboardEvent} event */
async function beforeEnter(event) {
  doing = event.shiftKey ? null : enterDoes(event);
  if (doing === "pick a command" && !picker().entryKeys.length) { // the list of commands is still on its way
    swallow(event);
    if (await hold(() => picker()?.entryKeys.length || picker()?.state !== "browsing")) press(field, "Enter");
  } else if (doing === "share out") {
    swallow(event);
    void during(() => shareField(event.target));
  } else if (doing === "send" && isField(event.target)) { // with something missing, simcord says what
    if (!blocked()) return;
    swallow(event);
    if (await hold(() => !blocked())) press(document.activeElement, "Enter");
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
  if (event.key !== "Enter") browsed = event.key === "ArrowDown" || event.key === "ArrowUp";
  if (keptForLater(event)) swallow(event);
  else if (event.key === "Enter") void beforeEnter(event);
  else if (event.key === "Escape" && event.isTrusted && picker()?.draft && !popup()) {
    swallow(event);
    leaveCommand();
  } else if (printable(event) && !occupied()) {
    if (event.target === chip()) { // a word typed behind the command's name begins its first open option
      if (!offers().length) form.querySelector(".command-ghost")?.click();
      offers()[0]?.click();
    } else if (!event.target.closest(EDITABLE) && event.key !== " ") focusComposer();
  }
}, true);

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  if (doing === "pick a command") sendIfComplete();
  else if (doing === "pick a value") standReady();
  doing = null;
});

// --- a space behind a command's whole name picks it, as on Discord; what follows on the line fills its options

/** Bring up a command's form. @param {string} name */
function pick(name) {
  field.value = `/${name}`;
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  [...form.querySelectorAll(".command-entry")]
    .find((entry) => entry.querySelector("strong")?.textContent === `/${name}`)?.click();
  closeOffers();
}

let picking = false;

field.addEventListener("input", () => {
  hint("");
  const found = picking || !/^\/.+\s/.test(field.value) || field.value.includes("\n") ? null : commandOf(field.value);
  if (!found || picker()?.draft || goesOn(found.entry.invocation)) return;
  picking = true;
  pick(found.entry.invocation);
  picking = false;
  if (found.rest) void during(() => fill(found.rest));
});

document.addEventListener("input", (event) => {
  if (waiting === 0 && isField(event.target) && event.target.value.includes(":") && namesOption(event.target)) {
    void during(() => moveNamed(event.target));
  }
});

/** Carry out a line that begins with a slash and is no command's form yet. */
async function sendLine() {
  if (!await hold(commandsKnown)) return;
  if (picker()?.entryKeys.length) return press(field, "Enter");
  const found = commandOf(field.value.trim());
  if (!found) return hint(whyNot(field.value.trim()));
  pick(found.entry.invocation);
  if (found.rest) await during(() => fill(found.rest));
  sendIfComplete();
}

// --- sending waits its turn, and is not dropped, while another action is under way

document.addEventListener("submit", async (event) => {
  if (event.target === form && field.isConnected && /^\/\S/.test(field.value)) {
    swallow(event);
    void sendLine();
    return;
  }
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

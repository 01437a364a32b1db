// A message's own menu, as Discord's "Apps": its button, a right click on the message, or a long press opens it.
import { learnWithheld } from "./tailgate-catalog.js";
import { blocked, when } from "./tailgate-report.js";

const LONG = 500; // milliseconds after which a press is a long one
const STILL = 10; // pixels that a finger may move meanwhile
const MARGIN = 8; // pixels between the menu and the edge of the page
const OF_ITS_OWN = "a[href], button, input, textarea, select, [contenteditable], .code-block";

/** @type {WeakMap<Element, {message: object, options: object}>} what can be done with each message */
const messages = new WeakMap();
/** @type {{element: HTMLElement, key: string} | null} the menu that is open, and the key of its button */
let open = null;

const keyOf = (message) => `message:${message.id}:apps`;

/** Close the menu. @param {boolean} [back] whether the focus goes back to the button that stands for it */
function close(back = false) {
  if (!open) return;
  const { element, key } = open;
  open = null;
  element.remove();
  if (back) document.querySelector(`[data-control-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
}

/** Run a command on a message; simcord would drop it without a word while something else is under way. */
async function run(app, { message, options }) {
  if (await when(() => !blocked())) options.onClick(`message:${message.id}:component:app:${app.id}`);
}

/** @param {object} app @param {{message: object, options: object}} about */
function item(app, about) {
  const made = document.createElement("button");
  made.type = "button";
  made.setAttribute("role", "menuitem");
  made.tabIndex = -1;
  const icon = document.createElement("img");
  icon.src = "/tailgate.svg";
  icon.alt = "";
  made.append(icon, app.name);
  made.addEventListener("click", (event) => {
    close(event.detail === 0); // by a key, not a pointer
    void run(app, about);
  });
  return made;
}

/** Open the menu of a message beside a place. @param {{message: object, options: object}} about @param {DOMRect} place */
function show(about, place) {
  close();
  const element = document.createElement("div");
  element.className = "message-menu";
  element.setAttribute("role", "menu");
  element.setAttribute("aria-label", "Apps");
  const heading = document.createElement("div");
  heading.className = "message-menu-heading";
  heading.setAttribute("aria-hidden", "true");
  heading.textContent = "Apps";
  element.append(heading, ...about.message.apps.map((app) => item(app, about)));
  document.body.append(element);
  const { width, height } = element.getBoundingClientRect();
  const below = place.bottom + height + MARGIN <= innerHeight;
  element.style.left = `${Math.max(MARGIN, Math.min(place.left, innerWidth - width - MARGIN))}px`;
  element.style.top = `${Math.max(MARGIN, below ? place.bottom : place.top - height)}px`;
  open = { element, key: keyOf(about.message) };
  element.querySelector("button").focus({ preventScroll: true });
}

/** What can be done at a place of the page, unless something there has its own use for it. @param {EventTarget | null} target */
function at(target) {
  if (!(target instanceof Element) || target.closest(OF_ITS_OWN) || getSelection()?.isCollapsed === false) return null;
  const message = target.closest(".channel-message");
  return (message && messages.get(message)) ?? null;
}

/** Give a message its menu. @param {HTMLElement} root @param {object} message @param {object} options */
export function addMenu(root, message, options) {
  messages.delete(root);
  learnWithheld(message.withheld);
  if (!message.apps?.length || !options.onClick) return;
  const about = { message, options };
  messages.set(root, about);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "message-menu-button";
  button.dataset.controlKey = keyOf(message);
  button.setAttribute("aria-label", "Apps for this message");
  button.setAttribute("aria-haspopup", "menu");
  button.title = "Apps";
  button.textContent = "⋯";
  button.addEventListener("click", () => show(about, button.getBoundingClientRect()));
  root.append(button);
}

document.addEventListener("contextmenu", (event) => {
  const about = at(event.target);
  if (!about) return;
  event.preventDefault();
  show(about, new DOMRect(event.clientX, event.clientY, 0, 0));
});

// --- a long press: not every browser makes a context menu of it

/** @type {PointerEvent | null} */
let press = null; // the finger that is down
let timer; // when its press is a long one

document.addEventListener("pointerdown", (event) => {
  if (open && !open.element.contains(event.target)) close();
  clearTimeout(timer);
  press = null;
  const about = event.pointerType === "touch" ? at(event.target) : null;
  if (!about) return;
  press = event;
  timer = setTimeout(() => show(about, new DOMRect(event.clientX, event.clientY, 0, 0)), LONG);
}, true);
document.addEventListener("pointermove", (event) => {
  if (press && Math.hypot(event.clientX - press.clientX, event.clientY - press.clientY) > STILL) clearTimeout(timer);
}, true);
for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => clearTimeout(timer), true);
document.addEventListener("touchend", (event) => { // the menu is not for the tap that this would make
  if (open && press && !open.element.contains(event.target)) event.preventDefault();
}, { capture: true, passive: false });

// --- keys

document.addEventListener("keydown", (event) => {
  if (!open) return;
  const items = [...open.element.querySelectorAll("button")];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const place = step ? items.indexOf(document.activeElement) + step : { Home: 0, End: -1 }[event.key];
  if (event.key === "Escape" || event.key === "Tab") close(true);
  else if (place !== undefined) items.at(place % items.length).focus();
  else return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);
document.addEventListener("focusout", (event) => {
  if (open?.element.contains(event.target) && !open.element.contains(event.relatedTarget)) close();
});
window.addEventListener("resize", () => close());

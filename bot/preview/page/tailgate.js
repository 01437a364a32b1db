// Makes simcord's page behave like Discord: focus, scrolling, keys, the clock, and what to say when something is wrong.
import "./tailgate-menu.js"; // first: while its menu is open, keys are its own
import "./tailgate-modal.js";
import { learnCommands } from "./tailgate-catalog.js";
import { keepComposerReady } from "./tailgate-composer.js";
import { showNames } from "./tailgate-labels.js";
import { keepNewestInSight } from "./tailgate-timeline.js";
import { fitSelects } from "./tailgate-select.js";
import { showTroubles } from "./tailgate-notice.js";
import { blocked, when } from "./tailgate-report.js";
import { keepTime } from "./tailgate-times.js";
import { offerViewers } from "./tailgate-viewers.js";

const app = document.getElementById("preview-app");

// Redrawing a message between press and release would swallow the click, so updates wait for the release.
let pressed = false;
const waiting = [];
/** @param {Event} event */
function release(event) {
  if (event.type === "blur" && event.target !== window) return; // a mere change of focus
  pressed = false;
  setTimeout(() => waiting.splice(0).forEach((go) => go()));
}
document.addEventListener("pointerdown", () => { pressed = true; }, true);
for (const end of ["pointerup", "pointercancel", "dragend", "blur"]) window.addEventListener(end, release, true);

const fetchAtOnce = window.fetch.bind(window);
window.fetch = async (...request) => {
  const answer = await fetchAtOnce(...request);
  if (request[0] === "/api/commands") await learnCommands(answer.clone());
  if (pressed && String(request[0]).startsWith("/api/state")) await new Promise((go) => waiting.push(go));
  return answer;
};

// A click while an action is under way is repeated afterwards instead of being dropped.
const CONTROLS = "button.component-button:not(.link-button), .select-option, .select-apply";
document.addEventListener("click", async (event) => {
  const control = event.target instanceof Element ? event.target.closest(CONTROLS) : null;
  if (!control || control.disabled || !blocked()) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const key = control.dataset.controlKey;
  if (!await when(() => !blocked())) return;
  const again = key ? document.querySelector(`[data-control-key="${CSS.escape(key)}"]`) : control;
  if (again?.isConnected) again.click();
}, true);

const afterDrawing = [keepTime(), offerViewers(), keepComposerReady(), showNames(), fitSelects(), keepNewestInSight(), showTroubles()];
let due = false;
new MutationObserver(() => {
  if (due) return;
  due = true;
  requestAnimationFrame(() => {
    due = false;
    afterDrawing.forEach((act) => act());
  });
}).observe(app, { childList: true, subtree: true, attributeFilter: ["aria-busy"] });

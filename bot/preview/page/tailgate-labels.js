// Shows a chosen value by the name it was offered under, not by the key that is sent, and keeps the list of offers honest.
import { report } from "./tailgate-report.js";

const form = document.getElementById("channel-composer");
/** @type {Map<string, string>} the names that were chosen, by option and value */
const names = new Map();

const key = (option, value) => `${option} ${value}`;

/** Whether a field shows a name that was chosen. @param {string | undefined} option @param {string} text */
export function isLabel(option, text) {
  return [...names].some(([known, name]) => name === text && known.startsWith(`${option} `));
}

document.addEventListener("click", (event) => {
  const offer = event.target instanceof Element ? event.target.closest(".command-suggestion") : null;
  const draft = report()?.commandPicker?.draft;
  if (!offer || !draft?.focusedOption) return;
  names.set(key(draft.focusedOption, offer.dataset.value), offer.querySelector(".command-suggestion-label")?.textContent ?? "");
}, true);

/** simcord asks the bot only once something is typed; a person who has typed nothing wants to see what there is. */
document.addEventListener("focusin", (event) => {
  const field = event.target;
  if (!(field instanceof HTMLInputElement) || field.getAttribute("role") !== "combobox") return;
  if (!form.contains(field)) return;
  const asked = form.querySelector(".command-popup:not([hidden]) .command-suggestion");
  if (!field.value && !asked) field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  tidyOffers();
});

/** Say that offers are on their way, in place of that there are none; an empty field needs no list without any. */
function tidyOffers() {
  const popup = form.querySelector(".command-popup:not([hidden])");
  const field = document.activeElement;
  if (!popup || !(field instanceof HTMLInputElement)) return;
  const empty = popup.querySelector(".command-popup-list > .command-empty");
  const heading = popup.querySelector(".command-popup-heading");
  if (!field.value && heading && /^OPTIONS MATCHING\s*$/.test(heading.textContent)) heading.textContent = "OPTIONS";
  if (!empty) return;
  if (!field.value || isLabel(field.dataset.option, field.value)) popup.hidden = true;
  else if (report()?.commandPicker.autocomplete.state === "loading" && empty.textContent !== "Loading options") empty.textContent = "Loading options";
}

/** @returns {() => void} what to do after each drawing */
export function showNames() {
  new MutationObserver(tidyOffers).observe(form, { childList: true, subtree: true }); // before anyone sees the list
  return () => {
    for (const field of form.querySelectorAll(".command-option-input")) {
      const name = names.get(key(field.dataset.option, field.value));
      if (!name || name === field.value || field === document.activeElement) continue;
      field.value = name;
      field.style.width = `${Math.min(24, Math.max(2, [...name].length + 1))}ch`;
    }
  };
}

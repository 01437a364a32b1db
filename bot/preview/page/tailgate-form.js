// A command's form, filled in for the person: fields opened, and the bot's offers asked for and taken.
import { byKind, optionsOf, readArguments, sharesOf } from "./tailgate-catalog.js";
import { isLabel } from "./tailgate-labels.js";
import { report, when } from "./tailgate-report.js";

/** @import {Option} from "./tailgate-catalog.js" */

const PATIENCE = 10000; // milliseconds to wait for the bot's offers
const form = document.getElementById("channel-composer");

export const picker = () => report()?.commandPicker ?? null;
export const chip = () => form.querySelector(".command-chip");
export const popup = () => form.querySelector(".command-popup:not([hidden])");
export const offers = () => [...(popup()?.querySelectorAll(".command-suggestion") ?? [])];
export const missing = () => picker()?.draft?.missingRequired ?? [];

/** @param {EventTarget | null} target @returns {target is HTMLInputElement} */
export const isField = (target) => target instanceof HTMLInputElement && target.matches(".command-option-input");

/** @param {Element | null} target @param {string} key */
export function press(target, key) {
  target?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
}

export function closeOffers() {
  if (popup()) press(chip(), "Escape");
}

/** The command's options, as far as they are known. @returns {Option[]} */
export function options() {
  const draft = picker()?.draft;
  return optionsOf(draft?.commandId, draft?.invocation);
}

/** @param {string} name @returns {HTMLInputElement | null} */
const fieldOf = (name) => form.querySelector(`.command-option-input[data-option="${CSS.escape(name)}"]`);

/** Have the option's field there, with the focus in it. @param {string} name */
function open(name) {
  if (!fieldOf(name)) {
    closeOffers();
    form.querySelector(".command-ghost")?.click();
    offers().find((offer) => offer.dataset.value === name)?.click();
  }
  fieldOf(name)?.focus({ preventScroll: true });
  return fieldOf(name);
}

/** @param {HTMLInputElement} field @param {string} text */
function write(field, text) {
  field.value = text;
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
}

/** What the bot, or the list of choices, offers for a text. @param {Option} option @param {string} text */
async function offered(option, text) {
  const field = open(option.name);
  if (!field) return [];
  write(field, text);
  if (!option.autocomplete) return option.choices.length || option.type === "boolean" ? offers() : [];
  await when(() => {
    const { option: asked, state } = picker()?.autocomplete ?? {};
    return asked === option.name && state !== "loading";
  }, PATIENCE);
  return offers();
}

const labelOf = (offer) => offer.querySelector(".command-suggestion-label")?.textContent.toLowerCase() ?? "";

/** Put a text into an option; where there are offers, the best one for it. @param {Option} option @param {string} text */
async function put(option, text) {
  const found = await offered(option, text);
  const wanted = text.toLowerCase();
  const best = found.find((offer) => labelOf(offer) === wanted || offer.dataset.value.toLowerCase() === wanted) ?? found[0];
  best?.click();
}

/** The options that have no value yet. */
function unfilled() {
  const given = picker()?.draft?.options.filter(({ present }) => present).map(({ name }) => name) ?? [];
  return options().filter(({ name }) => !given.includes(name));
}

/** Share words out among the options that wait, in the first way to which the bot has an offer for each.
 * @param {Option[]} among @param {string} text */
async function share(among, text) {
  const ways = sharesOf(text, among.length);
  /** @type {Map<string, boolean>} */
  const known = new Map();
  let chosen = ways[0];
  for (const way of ways.length > 1 ? ways : []) {
    let fits = true;
    for (const [at, part] of way.entries()) {
      if (!fits || !among[at].autocomplete) continue;
      const asked = `${among[at].name} ${part}`;
      if (!known.has(asked)) known.set(asked, (await offered(among[at], part)).length > 0);
      fits = known.get(asked);
    }
    if (fits) { chosen = way; break; }
  }
  for (const [at, part] of chosen.entries()) await put(among[at], part);
}

/** Where the person goes on: at what is missing, or at the command itself, which Enter sends. */
export function standReady() {
  closeOffers();
  const [next] = missing();
  if (next) open(next);
  else chip()?.focus({ preventScroll: true });
  if (!next) closeOffers();
}

/** Fill in all that a text says. @param {string} text */
export async function fill(text) {
  const { named, loose } = readArguments(options(), text);
  for (const [option, value] of named) if (value) await put(option, value);
  const needed = unfilled().filter(({ required }) => required);
  if (loose && needed.length) await share(needed, loose);
  else if (loose) for (const [option, words] of byKind(unfilled(), loose)) await put(option, words);
  standReady();
}

/** What the words in a field that takes a number say for options of other kinds. @param {HTMLInputElement} field */
function misplaced(field) {
  const own = options().find(({ name }) => name === field.dataset.option);
  const text = field.value.trim();
  if (!own || own.type === "string" || own.required || own.choices.length || !text || /^[\d.-]+$/.test(text)) return [];
  return byKind([own, ...unfilled().filter((option) => option !== own)], text).filter(([option]) => option !== own);
}

/** Whether the words in a field are for more options than this one: not what was chosen, nor all of one offer's name.
 * @param {HTMLInputElement} field */
export function saysMore(field) {
  if (misplaced(field).length) return true;
  const text = field.value.trim();
  const others = missing().filter((name) => name !== field.dataset.option);
  return others.length > 0 && /\s/.test(text) && !isLabel(field.dataset.option, field.value)
    && options().some(({ name, type }) => name === field.dataset.option && type === "string");
}

/** Share out what was typed into one field, unless the bot knows all of it as one. @param {HTMLInputElement} field */
export async function shareField(field) {
  const text = field.value.trim();
  const option = options().find(({ name }) => name === field.dataset.option);
  if (misplaced(field).length) {
    write(field, "");
    field.closest(".command-pill")?.querySelector(".command-option-remove")?.click();
    await fill(text);
    return;
  }
  if (option.autocomplete) {
    const [best] = await offered(option, text);
    if (best && text.toLowerCase().split(/\s+/).every((word) => labelOf(best).includes(word))) {
      best.click();
      standReady();
      return;
    }
  }
  const others = options().filter(({ name }) => missing().includes(name) && name !== option.name);
  await share([option, ...others], text);
  standReady();
}

/** Whether a field holds something that names an option. @param {HTMLInputElement} field */
export const namesOption = (field) => !isLabel(field.dataset.option, field.value)
  && readArguments(options(), field.value).named.length > 0;

/** Move what is said as `name:value` in one field to where it belongs. @param {HTMLInputElement} field */
export async function moveNamed(field) {
  const own = options().find(({ name }) => name === field.dataset.option);
  const { named, loose } = readArguments(options(), field.value);
  write(field, loose);
  if (loose && saysMore(field)) await shareField(field);
  else if (loose) await put(own, loose);
  else if (!own.required && !named.some(([option]) => option === own)) {
    fieldOf(own.name)?.closest(".command-pill")?.querySelector(".command-option-remove")?.click();
  }
  for (const [option, value] of named) if (value) await put(option, value);
  const last = named.at(-1);
  if (last[1]) standReady();
  else open(last[0].name);
}

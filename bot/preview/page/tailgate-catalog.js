// The commands that simcord's page was sent, and how a typed line is read as one of them.

/** @typedef {{name: string, type: string, required: boolean, autocomplete: boolean, choices: {name: string, value: unknown}[]}} Option */
/** @typedef {{key: string, commandId: string, path: string[], invocation: string, options: Option[]}} Entry */

const BEFORE_YEAR = /\s+(?=(?:(?:19|20)\d\d|['’]\d\d)(?:\s|$))/;
const SEPARATOR = /\s*,\s*|\s+(?:vs?\.?|and|or)\s+/i;

/** @type {Entry[] | null} */
let entries = null;

/** Keep what an answer to simcord's own question says. @param {Response} answer */
export async function learnCommands(answer) {
  if (answer.ok) entries = (await answer.json()).entries;
}

/** @type {Record<string, string>} commands that the viewer may not use, and the permissions that each is for */
let withheld = {};

/** Keep which commands are not for the viewer, as every message says. @param {Record<string, string> | undefined} said */
export function learnWithheld(said) {
  if (said) withheld = said;
}

/** Why the command that a line begins with cannot be used. @param {string} line */
export function whyNot(line) {
  const name = line.split(/\s/, 1)[0];
  const needed = withheld[name.slice(1).toLowerCase()];
  if (needed === undefined) return `No command is called ${name}`;
  return needed ? `${name} is for moderators: it takes the permission ${needed}` : `You may not use ${name} here`;
}

export const commandsKnown = () => entries !== null;

/** The command that a line begins with, in whatever case, and what stands behind it. @param {string} line */
export function commandOf(line) {
  const lower = line.toLowerCase();
  const found = (entries ?? []).filter(({ invocation }) => `${lower} `.startsWith(`/${invocation.toLowerCase()} `))
    .sort((one, other) => other.invocation.length - one.invocation.length)[0];
  return found ? { entry: found, rest: line.slice(found.invocation.length + 1).trim() } : null;
}

/** Whether the name could still go on, as that of a group does. @param {string} name */
export function goesOn(name) {
  return (entries ?? []).some(({ invocation }) => invocation.toLowerCase().startsWith(`${name.toLowerCase()} `));
}

/** @param {string | undefined} commandId @param {string | undefined} invocation @returns {Option[]} */
export function optionsOf(commandId, invocation) {
  return entries?.find((entry) => entry.commandId === commandId && entry.invocation === invocation)?.options ?? [];
}

/** What is said as `name:value`, and the words that are said without a name.
 * @param {readonly Option[]} options @param {string} text @returns {{named: [Option, string][], loose: string}} */
export function readArguments(options, text) {
  if (!options.length) return { named: [], loose: text.trim() };
  const names = options.map(({ name }) => name.replace(/[^\w]/g, "\\$&")).join("|");
  const [first, ...parts] = text.split(new RegExp(`(?:^|\\s)(${names}):`, "i"));
  const loose = [first];
  /** @type {[Option, string][]} */
  const named = [];
  for (let at = 0; at < parts.length; at += 2) {
    const option = options.find(({ name }) => name.toLowerCase() === parts[at].toLowerCase());
    let value = parts[at + 1].trim();
    if (option.type !== "string" && /\s/.test(value)) { // a number is one word; what follows it is not of it
      const [word, ...others] = value.split(/\s+/);
      value = word;
      loose.push(others.join(" "));
    }
    named.push([option, value]);
  }
  return { named, loose: loose.map((words) => words.trim()).filter(Boolean).join(" ") };
}

/** The words of a text; a year stays with the name before it, or at the beginning with the one behind it.
 * @param {string} text */
function wordsOf(text) {
  const [first, ...years] = text.trim().split(BEFORE_YEAR);
  const words = first.split(/\s+/).filter(Boolean);
  for (const part of years) {
    const [year, ...others] = part.split(/\s+/).filter(Boolean);
    words.push(`${words.pop()} ${year}`, ...others);
  }
  if (words.length > 1 && ` ${words[0]}`.search(BEFORE_YEAR) === 0) words.unshift(`${words.shift()} ${words.shift()}`);
  return words;
}

/** Words without a name by the options whose kind tells that they take them: a choice's own words, a number where
 * the first takes one (a year where the bot offers some); the first option that takes text gets what is left, with
 * its name in front or not.
 * @param {readonly Option[]} options @param {string} text @returns {[Option, string][]} */
export function byKind(options, text) {
  const [first] = options;
  /** @type {[Option, string][]} */
  const found = [];
  let left = ` ${text.trim().replace(/\s+/g, " ")} `;
  const take = (option, words) => {
    const at = left.toLowerCase().indexOf(` ${words.toLowerCase()} `);
    if (at < 0 || found.some(([taken]) => taken === option)) return;
    left = `${left.slice(0, at)} ${left.slice(at + words.length + 2)}`;
    found.push([option, words]);
  };
  for (const option of options) {
    const said = option.choices.flatMap(({ name, value }) => [name, String(value)]);
    for (const words of said.sort((one, other) => other.length - one.length)) take(option, words);
  }
  const number = first && first.type !== "string" && !first.choices.length ? left.match(first.autocomplete ? / ((?:19|20)\d\d) / : / (\d+) /) : null;
  if (number) take(first, number[1]);
  left = left.trim();
  if (!left) return found;
  const free = options.filter((option) => !found.some(([taken]) => taken === option));
  const takesText = free.find(({ type, choices }) => type === "string" && !choices.length) ?? free[0];
  if (!takesText) return found;
  const [word, ...others] = left.split(" ");
  const named = others.length > 0 && word.toLowerCase() === takesText.name.toLowerCase();
  return [...found, [takesText, named ? others.join(" ") : left]];
}

/** The ways to share words out among so many options, the likeliest first: evenly, and the longer part in front.
 * @param {string} text @param {number} count @returns {string[][]} */
export function sharesOf(text, count) {
  if (count < 2) return [[text]];
  const parts = text.split(SEPARATOR).filter(Boolean);
  if (parts.length === count) return [parts];
  const words = wordsOf(text);
  if (words.length <= count) return [words];
  /** @type {string[][]} */
  const shares = [];
  for (let taken = 1; taken <= words.length - count + 1; taken += 1) {
    for (const rest of sharesOf(words.slice(taken).join(" "), count - 1)) shares.push([words.slice(0, taken).join(" "), ...rest]);
  }
  const length = (part) => part.split(" ").length;
  const unevenness = (share) => Math.max(...share.map(length)) - Math.min(...share.map(length));
  return shares.sort((one, other) => unevenness(one) - unevenness(other) || length(other[0]) - length(one[0]));
}

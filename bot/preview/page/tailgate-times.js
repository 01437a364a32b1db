// The clock of this server, and times such as “in 3 hours” that count down with it.
import { report } from "./tailgate-report.js";

const RELATIVE = /^(in .+|.+ ago|now|tomorrow|yesterday|(this|next|last) \w+)$/;
const STEPS = [[60, "second", 1], [3600, "minute", 60], [86400, "hour", 3600], [604800, "day", 86400], [Infinity, "week", 604800]];

let known = null; // what the server said last: its time, and when it said so on the real clock
let speed = 1;
let lag = Infinity; // by how much this browser's clock is ahead of the server's real one

/** What time it is now on the server, counted on from what it said last. */
function now() {
  return known.time + (Date.now() - lag - known.at) * speed;
}

/** The words for a moment, as simcord chooses them. @param {number} moment @param {string} locale */
function relative(moment, locale) {
  const seconds = (moment - now()) / 1000;
  const [, unit, size] = STEPS.find(([below]) => Math.abs(seconds) < below);
  return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(Math.round(seconds / size), unit);
}

/** @returns {() => void} what to do after each drawing */
export function keepTime() {
  const clock = document.getElementById("tailgate-clock");
  let profile = null;

  function show() {
    if (!known) return;
    const moment = new Date(now());
    const text = new Intl.DateTimeFormat(profile.locale, {
      timeZone: profile.timezone, weekday: "short", month: "short", day: "numeric", year: "numeric",
      hour: "numeric", minute: "2-digit", timeZoneName: "short",
    }).format(moment);
    if (clock.textContent !== text) {
      clock.textContent = text;
      clock.dateTime = moment.toISOString();
    }
    for (const stamp of document.querySelectorAll("time.discord-timestamp")) {
      if (!RELATIVE.test(stamp.textContent)) continue;
      stamp.setAttribute("aria-live", "off"); // nobody wants every second read out
      const words = relative(Date.parse(stamp.dateTime), profile.locale);
      if (stamp.textContent !== words) stamp.textContent = words;
    }
  }
  function listen() {
    const { profile: heard, publication } = report() ?? {};
    if (!heard?.presentationTime || !publication?.publishedAt) return;
    profile = heard;
    const said = { time: Date.parse(heard.presentationTime), at: Date.parse(publication.publishedAt) };
    lag = Math.min(lag, Date.now() - said.at);
    if (known && said.at - known.at > 50) speed = (said.time - known.time) / (said.at - known.at);
    if (!known || said.at > known.at) known = said;
    show();
  }
  setInterval(show, 250);
  return listen;
}

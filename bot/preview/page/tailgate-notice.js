// Shows in words what simcord would show only to developers: no answer, no connection, no key.
import { report } from "./tailgate-report.js";

const LOST = "This page has lost Tailgate. Reload it; if that does not help, start “tailgate try” again and open its new address.";
const KEYLESS = "Open the whole address that “tailgate try” printed: its last part is the key to this page.";

let hinted = ""; // what to say about the line in the composer, until it changes
let show = () => {};

/** Say something about what was typed. @param {string} text */
export function hint(text) {
  if (hinted === text) return;
  hinted = text;
  show();
}

/** @returns {() => void} what to do after each drawing */
export function showTroubles() {
  const notice = document.getElementById("tailgate-notice");
  const outage = document.getElementById("tailgate-outage");

  /** @param {HTMLElement} place @param {string} text */
  function say(place, text) {
    if (place.textContent !== text) place.textContent = text;
    place.hidden = !text;
  }
  show = () => {
    const now = report();
    if (!now) return;
    const { state, uncertainRequestId } = now.transport;
    const lost = state === "error" || uncertainRequestId || (!now.authorized && state !== "idle");
    say(outage, !window.location.hash ? KEYLESS : lost ? LOST : "");
    const last = now.pendingAction ? null : now.lastAction;
    if (hinted) say(notice, hinted);
    else if (last?.acknowledgement === "unacknowledged") say(notice, "The application did not respond");
    else if (last?.rejected) say(notice, "That did not go through. Try it again.");
    else say(notice, "");
  };
  // simcord announces a change of its connection here, and nowhere else in the page.
  new MutationObserver(show).observe(document.getElementById("live-status"), { childList: true });
  new MutationObserver(show).observe(document.getElementById("action-status"), { childList: true });
  return show;
}

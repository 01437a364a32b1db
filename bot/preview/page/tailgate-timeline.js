// Keeps the newest message in sight unless the person has scrolled up to read.
import { blocked } from "./tailgate-report.js";

const NEAR = 48; // pixels from the bottom that still count as being there
const BY_HAND = 600; // milliseconds after a gesture within which a scroll is the person's own

/** @returns {() => void} what to do after each drawing */
export function keepNewestInSight() {
  const timeline = document.getElementById("channel-timeline");
  const list = document.getElementById("channel-message-list");
  const older = document.getElementById("history-older");
  const newer = document.getElementById("history-newer");
  const newButton = document.getElementById("new-messages");
  let following = true;
  let sent = false; // something of the person's own, whose answer is to be seen
  let gesture = -BY_HAND; // when the person last took hold of the scrolling

  const distance = () => timeline.scrollHeight - timeline.scrollTop - timeline.clientHeight;
  const byHand = () => { gesture = performance.now(); };
  function followFromNow() {
    following = true;
    gesture = -BY_HAND;
    follow();
  }
  function follow() {
    if (following && distance() > 1) timeline.scrollTop = timeline.scrollHeight;
  }

  for (const kind of ["wheel", "touchmove"]) timeline.addEventListener(kind, byHand, { passive: true });
  timeline.addEventListener("pointerdown", (event) => { // on the scroll bar, until it is let go
    if (event.target === timeline && event.offsetX >= timeline.clientWidth) gesture = Infinity;
  });
  window.addEventListener("pointerup", () => { if (gesture === Infinity) byHand(); }, true);
  document.addEventListener("keydown", (event) => {
    const inside = timeline.contains(document.activeElement);
    if (event.key === "Tab") byHand(); // the browser brings what gets the focus into sight
    if (inside && ["ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End"].includes(event.key)) byHand();
    const pages = { PageUp: -0.9, PageDown: 0.9 }[event.key];
    if (!pages || inside) return;
    byHand();
    timeline.scrollTop += pages * timeline.clientHeight;
  });
  timeline.addEventListener("scroll", () => {
    older.classList.toggle("out-of-sight", timeline.scrollTop > 200);
    if (performance.now() - gesture < BY_HAND) following = distance() <= NEAR;
    else follow();
  }, { passive: true });

  // Who sends something wants to see what comes of it.
  document.getElementById("channel-composer").addEventListener("submit", () => {
    sent = true;
    followFromNow();
  }, true);
  document.addEventListener("click", (event) => {
    if (event.target === older) following = false;
    if (event.target !== newButton) return;
    followFromNow();
    if (!newer.hidden) return; // there simcord has more to fetch
    newButton.hidden = true;
    event.stopImmediatePropagation();
  }, true);

  // simcord keeps its own place in a frame after a change of size; ours comes after that.
  function settle() {
    follow();
    requestAnimationFrame(() => requestAnimationFrame(follow));
    if (!sent || blocked()) return;
    sent = false;
    if (!newer.hidden) newButton.click(); // the answer stands below the older messages that are shown
  }
  const sizes = new ResizeObserver(settle);
  sizes.observe(list);
  sizes.observe(timeline);
  timeline.addEventListener("load", settle, true);
  return settle;
}

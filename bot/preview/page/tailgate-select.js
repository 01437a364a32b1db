// An open list of a select: as tall as there is room for, with a word where more of it is out of sight.
const MOST = 460; // pixels that a list may take
const GAP = 4; // pixels between the select and its list
const EDGE = 8; // pixels between the list and the edge of the page
const MORE = "More below ↓";
const DRAFT = "Choose, then apply"; // simcord puts its own name there

/** Give the list the side with more room, and as much of it as it can use. @param {HTMLElement} wrap @param {HTMLElement} list */
function fit(wrap, list) {
  const trigger = wrap.querySelector(".select-trigger").getBoundingClientRect();
  const dialog = wrap.closest(".modal-dialog");
  const top = Math.max(0, dialog?.getBoundingClientRect().top ?? 0) + EDGE;
  const bottom = Math.min(innerHeight, dialog?.querySelector(".modal-actions")?.getBoundingClientRect().top ?? innerHeight) - EDGE;
  const below = bottom - trigger.bottom - GAP;
  const above = trigger.top - GAP - top;
  const wanted = Math.min(list.scrollHeight + 2, MOST); // its border is no part of what scrolls
  const up = below < wanted && above > below;
  const height = Math.min(wanted, Math.max(0, up ? above : below));
  const place = { maxHeight: `${height}px`, top: `${up ? trigger.top - GAP - height : trigger.bottom + GAP}px` };
  for (const [name, value] of Object.entries(place)) if (list.style[name] !== value) list.style[name] = value;
}

/** Say that the list goes on, unless its end is in sight. @param {HTMLElement} list */
function hint(list) {
  let more = list.querySelector(".select-more");
  if (!more) {
    more = document.createElement("div");
    more.className = "select-more";
    more.setAttribute("aria-hidden", "true");
    more.textContent = MORE;
    list.insertBefore(more, list.querySelector(".select-draft-actions"));
    list.addEventListener("scroll", () => hint(list), { passive: true });
  }
  more.classList.toggle("is-needed", list.scrollTop + list.clientHeight < list.scrollHeight - 4);
}

function tidy() {
  for (const wrap of document.querySelectorAll(".preview-select.is-open")) {
    const list = wrap.querySelector(".select-list");
    if (!list || list.hidden) continue;
    const actions = list.querySelector(".select-draft-actions");
    const said = actions?.querySelector("span");
    if (said && said.textContent !== DRAFT) said.textContent = DRAFT;
    if (actions?.getAttribute("aria-label") !== DRAFT) actions?.setAttribute("aria-label", DRAFT);
    fit(wrap, list);
    hint(list);
    watching.observe(list, { attributeFilter: ["style"] });
  }
}

// simcord fits an open list anew whenever something moves; ours comes right after.
const watching = new MutationObserver(tidy);

/** @returns {() => void} what to do after each drawing */
export function fitSelects() {
  return tidy;
}

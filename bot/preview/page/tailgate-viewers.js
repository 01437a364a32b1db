// Whose view is shown: a button for each person, in place of simcord's list, which every publication rebuilds.

/** @returns {() => void} what to do after each drawing */
export function offerViewers() {
  const list = document.getElementById("viewer-picker");
  const group = document.getElementById("tailgate-viewers");

  function button(option) {
    const made = document.createElement("button");
    made.type = "button";
    made.value = option.value;
    made.textContent = option.textContent;
    made.addEventListener("click", () => {
      if (list.value === made.value) return;
      list.value = made.value;
      list.dispatchEvent(new Event("change"));
    });
    return made;
  }
  return () => {
    const people = [...list.options];
    if (people.length && [...group.children].map((made) => made.value).join() !== people.map((one) => one.value).join()) {
      group.replaceChildren(...people.map(button));
    }
    for (const made of group.children) made.setAttribute("aria-pressed", String(made.value === list.value));
  };
}

// A form that opens is ready to be written in: the focus is in its first field, where simcord puts it on the cross.

document.getElementById("modal-root").addEventListener("focusin", (event) => {
  const { currentTarget: root, target, relatedTarget } = event;
  if (!target.matches(".modal-close") || root.contains(relatedTarget)) return;
  root.querySelector(".modal-field :is(input, textarea, button)")?.focus();
});

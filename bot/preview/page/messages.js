// simcord's way to draw a message, and what Discord has beside it: a menu of commands, a link where a picture cannot be.
import { renderMessage as draw } from "./simcord-messages.js";
import { addMenu } from "./tailgate-menu.js";
import { linkPictures } from "./tailgate-pictures.js";

/** @param {HTMLElement} root @param {object | null} message @param {object} [options] */
export function renderMessage(root, message, options = {}) {
  const drawn = draw(root, message, options);
  if (message) {
    linkPictures(root, message);
    addMenu(root, message, options);
  }
  return drawn;
}

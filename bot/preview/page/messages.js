// Draws a message as simcord does, with what Discord adds: a menu of commands, and a link in place of a remote picture.
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

// Says where a picture is that Discord would fetch: this page asks no other server for anything.

const THUMBNAIL = 11;
const GALLERY = 12;

/** Every picture of a message, in the order they are drawn. @param {object[]} components */
function* pictures(components) {
  for (const component of components ?? []) {
    if (component.type === THUMBNAIL) yield component;
    if (component.type === GALLERY) yield* component.items ?? [];
    yield* pictures(component.components);
    if (component.accessory) yield* pictures([component.accessory]);
  }
}

/** @param {string} tag @param {string} name @param {string} text */
function part(tag, name, text) {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text;
  return made;
}

/** @param {HTMLElement} root @param {object} message */
export function linkPictures(root, message) {
  const figures = root.querySelectorAll(".message-components .gallery-item, .message-components .component-media");
  for (const [at, { media, description, spoiler }] of [...pictures(message.components)].entries()) {
    if (!figures[at] || !/^https?:\/\//i.test(media?.link ?? "")) continue;
    const link = document.createElement("a");
    link.className = "picture-link";
    link.href = media.link;
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    const { host, pathname } = new URL(media.link);
    link.append(
      part("span", "picture-what", (!spoiler && description) || "A picture"),
      part("span", "picture-where", `${host}${pathname}`),
      part("span", "picture-why", "Discord shows it here. This page fetches nothing; open it in a new tab."),
    );
    figures[at].replaceChildren(link);
  }
}

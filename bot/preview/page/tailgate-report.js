// What simcord's page says about itself, and waiting for it to be in a certain state.

/** simcord's report, or null while its script has not run yet. */
export function report() {
  return window.simcordPreview ?? null;
}

/** Whether simcord would drop an action now without a word, because another one is under way. */
export function blocked() {
  const now = report();
  return !now || now.pendingAction !== null
    || (now.awaitingRevision !== null && now.awaitingRevision > now.publishedRevision);
}

/** Whether `test` came true within `patience` milliseconds. @returns {Promise<boolean>} */
export async function when(test, patience = 8000) {
  const end = performance.now() + patience;
  while (!test()) {
    if (performance.now() > end) return false;
    await new Promise((resume) => setTimeout(resume, 20));
  }
  return true;
}

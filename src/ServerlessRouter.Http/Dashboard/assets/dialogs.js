// Dialogs: the browser's own, which keep the focus in and close on Escape.
import { el } from './dom.js';
import { problem } from './parts.js';

/** Opens a dialog; `fill` is given a function that closes it and returns its content. */
export function openDialog(title, fill, { isKept = false } = {}) {
  const dialog = el('dialog', { 'aria-labelledby': 'dialog-title' });
  const close = () => dialog.close();
  dialog.append(el('h2', { id: 'dialog-title' }, title), ...[fill(close)].flat());
  dialog.addEventListener('close', () => dialog.remove());
  if (isKept) {
    dialog.addEventListener('cancel', (event) => event.preventDefault());
  }

  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** The buttons of a dialog's form. */
export function cancelOr(close, action, { isDangerous = false } = {}) {
  return el('div', { class: 'actions' },
    el('button', { type: 'button', onclick: close, autofocus: isDangerous }, 'Cancel'),
    el('button', { class: isDangerous ? 'primary danger' : 'primary' }, action));
}

/** Asks before something is done, and does it. */
export function confirmDialog({ title, text, action, isDangerous = false, perform }) {
  openDialog(title, (close) => {
    const said = el('div', {});
    const form = el('form', { method: 'dialog', onsubmit: async (event) => {
      event.preventDefault();
      await submitting(form, said, async () => {
        await perform();
        close();
      });
    } },
    [text].flat().map((paragraph) => (typeof paragraph === 'string' ? el('p', {}, paragraph) : paragraph)), said, cancelOr(close, action, { isDangerous }));
    return form;
  });
}

/** While a form is sent its buttons are off; what is wrong stands in it. */
export async function submitting(form, said, perform) {
  const buttons = [...form.querySelectorAll('button')];
  buttons.forEach((button) => { button.disabled = true; });
  said.replaceChildren();
  try {
    await perform();
  } catch (error) {
    said.replaceChildren(problem(error));
  } finally {
    buttons.forEach((button) => { button.disabled = false; });
  }
}

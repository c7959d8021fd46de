// The login: a key opens a session, and is kept nowhere on this page.
import { submitting } from './dialogs.js';
import { el } from './dom.js';
import { field } from './parts.js';

/** @param {string | null} message Why one has to log in. @param {(key: string) => Promise<void>} logIn */
export function loginForm(message, logIn) {
  const key = el('input', { type: 'password', autocomplete: 'current-password', required: true, spellcheck: 'false', autofocus: true });
  const said = el('div', {});
  const form = el('form', { class: 'panel login', onsubmit: async (event) => {
    event.preventDefault();
    await submitting(form, said, () => logIn(key.value.trim()));
    key.select();
  } },
  el('h1', {}, 'ServerlessRouter'),
  message && el('p', { class: 'notice', role: 'status' }, message),
  field('login-key', 'Key', key, 'The admin key shows everything. A caller’s key shows what that key used. It is sent once, and a cookie stands for it from then on.'),
  said,
  el('button', { class: 'primary' }, 'Log in'));
  return el('main', { id: 'main', class: 'alone', tabindex: '-1' }, form);
}

// 1. Who is it? Without a session: the login. 2. The page that the address names. 3. Its figures again, every so often, while it is looked at.
import { ApiError, logIn, logOut, readSession } from './api.js';
import { el, replace } from './dom.js';
import { loginForm } from './login.js';
import { pageOf, pages } from './pages/all.js';
import { problem } from './parts.js';
import { go, linkTo, readPlace } from './place.js';
import { createShell } from './shell.js';
import { windowOf } from './windows.js';

const app = document.getElementById('app');

let session = null;
let shell = null;
let view = null;
let leaving = new AbortController();

document.querySelector('.skip').addEventListener('click', (event) => {
  // What stands behind the # of the address is the page.
  event.preventDefault();
  document.getElementById('main')?.focus();
});
window.addEventListener('hashchange', () => session && openPage());
window.addEventListener('sessionend', () => session && showLogin('Your session has ended. Log in again, and you are back where you were.'));
start();

async function start() {
  try {
    session = await readSession();
  } catch (error) {
    replace(app, el('main', { id: 'main', class: 'alone' }, problem(error, start)));
    return;
  }

  if (session) {
    enter();
  } else {
    showLogin();
  }
}

function showLogin(message = null) {
  leaving.abort();
  shell?.close();
  [session, shell, view] = [null, null, null];
  document.querySelectorAll('dialog').forEach((dialog) => dialog.remove());
  document.title = 'Log in · ServerlessRouter';
  replace(app, loginForm(message, async (key) => {
    session = await logIn(key);
    enter();
  }));
}

function enter() {
  shell = createShell({
    session,
    pages: pages.filter(({ roles }) => roles.includes(session.role)),
    refresh: () => view?.update() ?? Promise.resolve(),
    leave: async () => {
      await logOut();
      showLogin('You are logged out.');
    },
  });
  replace(app, shell.node);
  openPage();
}

async function openPage() {
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  const place = readPlace();
  const page = pageOf(place, session.role);
  if (!page) {
    go(linkTo(pages.find(({ roles }) => roles.includes(session.role)).name));
    return;
  }

  const { open } = await page.load().catch((error) => ({ open: () => cannotOpen(error) }));
  if (!signal.aborted) {
    view = open({ place, session, window: () => windowOf(place.params), signal });
    shell.show(page, place, view);
  }
}

/** A browser does not ask again for a module that it could not load, until the page is loaded anew. */
function cannotOpen(error) {
  return { body: problem(new ApiError(0, `This page could not be loaded: ${error.message}`), () => location.reload()), update: async () => {} };
}

// What stands around every page: the menu, the window of time, the refresh, the theme, and the way out.
import { el, replace } from './dom.js';
import { localTime } from './format.js';
import { select } from './parts.js';
import { go, linkHere, linkTo } from './place.js';
import { setTheme, theme } from './themes.js';
import { windowPicker } from './window-picker.js';

const refreshName = 'router.refresh';
const refreshChoices = [{ value: '0', label: 'by hand' }, { value: '10', label: 'every 10 s' }, { value: '30', label: 'every 30 s' }, { value: '60', label: 'every minute' }];
const defaultRefresh = '30';

/**
 * @param {object} options
 * @param {import('./api.js').Session} options.session
 * @param {import('./pages/all.js').Page[]} options.pages
 * @param {() => Promise<unknown>} options.refresh Reads the open page's figures again.
 * @param {() => Promise<void>} options.leave Ends the session.
 */
export function createShell({ session, pages, refresh, leave }) {
  const links = new Map(pages.map((page) => [page.name, el('a', { href: linkTo(page.name) }, page.label)]));
  const heading = el('h1', { tabindex: '-1' });
  const back = el('p', { class: 'back', hidden: true });
  const picker = el('div', { class: 'picker' });
  const updated = el('span', { class: 'soft updated', role: 'status' });
  const content = el('div', { class: 'content' });
  let shown = null;

  const update = async () => {
    try {
      await refresh();
      updated.textContent = `Read at ${localTime(new Date(), false)}`;
    } catch (error) {
      if (error.name !== 'AbortError') {
        throw error;
      }
    }
  };
  const timer = refreshTimer(update);

  const node = el('div', { class: 'shell' },
    el('header', { class: 'side' },
      el('p', { class: 'brand' }, el('img', { src: 'dashboard/icon.svg', alt: '', width: '22', height: '22' }), el('span', {}, 'ServerlessRouter')),
      el('nav', { 'aria-label': 'Pages' }, el('ul', {}, [...links.values()].map((link) => el('li', {}, link)))),
      el('div', { class: 'who' },
        el('p', { class: 'soft' }, whoIs(session)),
        themeButton(),
        el('button', { type: 'button', class: 'small', onclick: leave }, 'Log out'))),
    el('main', { id: 'main', tabindex: '-1' },
      el('div', { class: 'top' },
        el('div', {}, back, heading),
        el('div', { class: 'controls' }, picker,
          el('div', { class: 'refresh' }, updated,
            el('button', { type: 'button', id: 'refresh-now', onclick: update }, 'Refresh'),
            select(refreshChoices, timer.chosen, timer.choose, { 'aria-label': 'Refresh by itself' })))),
      content));

  return {
    node,
    close: timer.close,
    show(page, place, view) {
      const name = `${place.page}/${place.id}`;
      const isOther = shown !== null && shown !== name;
      shown = name;
      heading.textContent = view.title ?? page.label;
      document.title = `${view.title ?? page.label} · ServerlessRouter`;
      for (const [page, link] of links) {
        link.href = linkTo(page);
        link.toggleAttribute('aria-current', false);
        if (page === place.page) {
          link.setAttribute('aria-current', 'page');
        }
      }

      back.hidden = !view.parent;
      replace(back, view.parent && el('a', { href: linkTo(view.parent) }, `← ${pages.find(({ name }) => name === view.parent)?.label}`));
      replace(picker, page.hasWindow && windowPicker(place, (changes) => go(linkHere(changes))));
      replace(content, view.body);
      if (isOther) {
        heading.focus({ preventScroll: true });
        window.scrollTo(0, 0);
        links.get(place.page)?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
      }

      update();
    },
  };
}

function whoIs({ role, name }) {
  const named = name ? ` ${name}` : '';
  return role === 'caller' ? `Key${named || ': none'}` : `Admin${role === 'keys' ? ' of keys' : ''}${named && name !== 'admin' ? named : ''}`;
}

function themeButton() {
  const button = el('button', { type: 'button', class: 'small', onclick: () => setTheme(theme() === 'dark' ? 'light' : 'dark') });
  const name = () => { button.textContent = theme() === 'dark' ? 'Light theme' : 'Dark theme'; };
  name();
  window.addEventListener('themechange', name);
  return button;
}

/** Ticks while the page is looked at and no dialog is open. */
function refreshTimer(update) {
  let chosen = refreshChoices.some(({ value }) => value === localStorage.getItem(refreshName)) ? localStorage.getItem(refreshName) : defaultRefresh;
  let last = Date.now();
  const isDue = () => chosen !== '0' && !document.hidden && !document.querySelector('dialog[open]') && Date.now() - last >= Number(chosen) * 1000;
  const tick = () => {
    if (isDue()) {
      last = Date.now();
      update();
    }
  };
  const timer = setInterval(tick, 1000);
  document.addEventListener('visibilitychange', tick);
  return {
    chosen,
    choose(value) {
      chosen = value;
      localStorage.setItem(refreshName, value);
    },
    close() {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', tick);
    },
  };
}

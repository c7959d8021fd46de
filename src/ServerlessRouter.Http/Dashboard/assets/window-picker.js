// Chooses the window of time: one of the usual ones, or from and to.
import { cancelOr, openDialog } from './dialogs.js';
import { el } from './dom.js';
import { field, select } from './parts.js';
import { presets, windowOf } from './windows.js';

const custom = 'custom';

/** @param {import('./place.js').Place} place @param {(changes: Record<string, string | null>) => void} choose */
export function windowPicker(place, choose) {
  const window = windowOf(place.params);
  const choices = [...presets.map(({ name, label }) => ({ value: name, label })), { value: custom, label: window.preset ? 'From … to …' : window.label }];
  const list = select(choices, window.preset ?? custom, (value) => {
    if (value === custom) {
      list.value = window.preset ?? custom;
      askForTimes(window, choose);
    } else {
      choose({ window: value, from: null, to: null });
    }
  }, { id: 'window', 'aria-label': 'Window of time' });
  return [list, !window.preset && el('button', { type: 'button', id: 'change-times', onclick: () => askForTimes(window, choose) }, 'Change')];
}

function askForTimes(window, choose) {
  openDialog('From and to', (close) => {
    const from = el('input', { type: 'datetime-local', required: true, value: written(window.from) });
    const to = el('input', { type: 'datetime-local', required: true, value: written(window.to) });
    const check = () => to.setCustomValidity(from.value && to.value && from.value >= to.value ? 'This must be after the time in From.' : '');
    from.addEventListener('input', check);
    to.addEventListener('input', check);
    return el('form', { method: 'dialog', onsubmit: (event) => {
      event.preventDefault();
      close();
      choose({ window: null, from: new Date(from.value).toISOString(), to: new Date(to.value).toISOString() });
    } },
    field('window-from', 'From', from, 'Your local time.'),
    field('window-to', 'To', to, 'Usage is told by the minute for 2 days, by the hour for 35, and by the UTC day for 400.'),
    cancelOr(close, 'Show'));
  });
}

/** As the field has it: local, without seconds. */
function written(date) {
  return new Date(date.getTime() - date.getTimezoneOffset() * 60e3).toISOString().slice(0, 16);
}

// The configuration: what is active, the versions before, where they differ, and a change of it.
import { ApiError, get, getText, send } from '../api.js';
import { confirmDialog } from '../dialogs.js';
import { differences, editor, routeTables } from '../configuration-parts.js';
import { el } from '../dom.js';
import * as format from '../format.js';
import { badge, commandLine, curl, numbers, problem, region, section, table } from '../parts.js';
import { linkHere } from '../place.js';
import { readCommented } from '../commented-json.js';

/** @type {import('./all.js').Opening} */
export function open({ place, signal }) {
  const active = region(() => readActive(signal));
  const versions = region(() => readVersions(place, signal, update));
  const shown = place.params.version ? region(() => readVersion(place.params.version, signal)) : null;
  const edit = place.params.edit === '1' ? region(() => readEditor(signal, update)) : null;
  let isOpened = false;
  async function update() {
    // What is being written is left alone.
    await Promise.all([active.update(), versions.update(), shown?.update(), isOpened ? null : edit?.update()]);
    isOpened = true;
  }

  return { body: el('div', {}, edit && section('Change the configuration', edit.node), shown && section(`Version ${place.params.version}`, shown.node), active.node, section('Versions', versions.node)), update };
}

async function readActive(signal) {
  try {
    const { text, version } = await getText('v1/admin/configuration', signal);
    return [
      section('Active configuration', el('p', { class: 'lead' }, 'Version ', el('code', {}, version), ' ', el('a', { class: 'button', id: 'edit', href: linkHere({ edit: '1' }) }, 'Change it')), routeTables(readCommented(text))),
    ];
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 404) {
      throw error;
    }

    return section('Active configuration', el('p', { class: 'notice' }, error.message));
  }
}

async function readVersions(place, signal, update) {
  const { data } = await get('v1/admin/configuration/versions', {}, signal);
  const active = data.find((one) => one.is_active)?.version;
  return data.length === 0 ? [el('p', {}, 'No version is kept yet. This keeps one and makes it active:'), commandLine(curl('v1/admin/configuration', { method: 'PUT', body: { providers: {}, models: {} } }))] : table('Versions, the newest first', [
    { label: 'Version', class: 'name', cells: (one) => [el('code', {}, one.version), one.is_active && [' ', badge('active', 'good')]] },
    { label: 'Kept since', cells: (one) => format.time(one.created_at) },
    numbers('Size', (one) => format.bytes(one.bytes)),
    { label: 'Do', class: 'row-actions', cells: (one) => [
      el('a', { class: 'button small', href: linkHere({ version: one.version, edit: null }), 'aria-current': place.params.version === one.version ? 'true' : null, 'aria-label': `${one.is_active ? 'Show' : 'Show and compare'} ${one.version}` }, one.is_active ? 'Show' : 'Show and compare'),
      !one.is_active && el('button', { type: 'button', class: 'small', id: `activate-${one.version}`, 'aria-label': `Activate ${one.version}`, onclick: () => activate(one.version, active, update) }, 'Activate'),
    ] },
  ], data);
}

async function readVersion(version, signal) {
  const path = `v1/admin/configuration/versions/${encodeURIComponent(version)}`;
  const [{ text }, diff] = await Promise.all([getText(path, signal), get(`${path}/diff`, {}, signal)]);
  return [
    diff.data.length === 0 ? el('p', {}, 'It does not differ from the active one.') : [el('p', {}, `It differs from the active one (${diff.to}) in ${format.counted(diff.data.length, 'place')}:`), differences(diff.data, version, diff.to)],
    el('details', { id: 'version-text' }, el('summary', {}, 'Its text'), el('pre', { class: 'document', tabindex: '0', 'aria-label': `Text of ${version}` }, text)),
    el('p', {}, el('a', { class: 'button', href: linkHere({ version: null }) }, 'Close')),
  ];
}

async function activate(version, active, update) {
  const body = el('div', {}, el('p', { class: 'soft' }, 'Comparing…'));
  get(`v1/admin/configuration/versions/${encodeURIComponent(active)}/diff`, { to: version }).then(
    (diff) => body.replaceChildren(diff.data.length === 0 ? el('p', {}, 'Nothing differs.') : differences(diff.data, 'now', 'then')),
    (error) => body.replaceChildren(problem(error)));
  confirmDialog({
    title: `Activate ${version}?`,
    text: ['Requests under way finish on the version they began with. Other instances follow within 5 seconds. This changes:', body],
    action: 'Activate',
    perform: async () => {
      await send('POST', `v1/admin/configuration/versions/${encodeURIComponent(version)}/activate`, undefined, { headers: { 'if-match': `"${active}"` } });
      await update();
    },
  });
}

async function readEditor(signal, update) {
  const { text, version } = await getText('v1/admin/configuration', signal);
  return editor(text, version, update);
}

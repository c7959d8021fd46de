// What the router would do with a request, as it explains it.
import { el } from './dom.js';
import * as format from './format.js';
import { badge, below, facts, numbers, soft, table } from './parts.js';

/** @param {object} explanation The answer of `POST /v1/route`. */
export function drawPlan({ profile, candidates = [], exclusions = [], objective, rule, quality_floor: floor, route, tier, next }) {
  return [
    facts([
      ['Taken for', [format.words(profile?.task ?? profile?.likeliest_task), profile && soft(`, ${format.share(profile.confidence)} sure`)]],
      ['Difficulty', format.decimal(profile?.difficulty)],
      ['Language', profile?.language ?? format.unknown],
      ['Prompt tokens', format.count(profile?.prompt_tokens)],
      ['Route', route ?? format.unknown],
      ['Tier', tier],
      ['Prefers', format.words(objective)],
      ['Quality from', format.decimal(floor)],
      ['Rule', rule ?? 'none'],
    ]),
    candidates.length === 0 ? el('p', { class: 'notice' }, 'No model is left that may answer this.') : table('Models in the order they are asked', [
      { label: 'Model', class: 'name', cells: (one) => [`${candidates.indexOf(one) + 1}. ${one.model}`, one.is_fallback && [' ', badge('fallback')]] },
      numbers('Quality', (one) => format.decimal(one.quality)),
      numbers('Cost', (one) => format.money(one.cost_usd)),
      numbers('Latency', (one) => format.seconds(one.latency_seconds)),
      { label: 'Why', class: 'wide', cells: (one) => one.reason },
    ], candidates),
    exclusions.length > 0 && [el('h3', {}, 'Left out'), table('Left out', [
      { label: 'Model', class: 'name', cells: (one) => one.model },
      { label: 'Why', class: 'wide', cells: (one) => [format.words(one.reason), one.detail && below(one.detail)] },
    ], exclusions)],
    next?.wins_if?.length > 0 && el('details', { id: 'wins-if' }, el('summary', {}, `When ${next.model} would be first`), el('ul', {}, next.wins_if.map(({ text }) => el('li', {}, text)))),
  ];
}

// All texts of the pages, from one catalogue per language: text/en.json, in i18next's format. Another language is
// another file, text/xx.json. Modules that import this one run once the texts are loaded and inserted into the page.

import '../library/i18next.min.js'; // as packaged by the system; it is not a module and sets a global name
import { addressOf } from './wire.js';

const { i18next } = globalThis;
const FALLBACK = document.documentElement.lang;
const AGAIN_AFTER = 2000; // milliseconds
const PATIENCE = 10_000; // milliseconds
const ATTRIBUTES = ['alt', 'aria-label', 'label', 'placeholder', 'title'];

/** The person's languages in order of preference, each regional one (pt-BR) before the general one (pt), up to that of the page. */
function wanted() {
  const tags = navigator.languages.flatMap(tag => [tag, tag.split('-')[0]]);
  const end = tags.findIndex(tag => tag.split('-')[0] === FALLBACK);
  return [...new Set(end < 0 ? tags : tags.slice(0, end))];
}

/** The texts of a language; null if there is no translation. The network may be down: without the last language no page is shown. */
async function catalogue(language) {
  for (;;) {
    try {
      const response = await fetch(addressOf(`/text/${language}.json`), { signal: AbortSignal.timeout(PATIENCE) });
      if (response.ok) return await response.json();
      if (response.status === 404) return null;
    } catch { /* no connection, or something else than words, as a login page of a network */ }
    if (language !== FALLBACK) return null;
    await new Promise(resolve => setTimeout(resolve, AGAIN_AFTER));
  }
}

const languages = [...wanted(), FALLBACK];
const words = await Promise.all(languages.map(catalogue));
const language = languages.find((_, index) => words[index]);

await i18next.init({
  lng: language,
  fallbackLng: FALLBACK,
  resources: Object.fromEntries(languages.map((name, index) => [name, { translation: words[index] ?? {} }])),
  nsSeparator: false,
  interpolation: { escapeValue: false }, // texts become text nodes and attributes, never markup
});
i18next.services.formatter.add('decapitalised', text => text[0].toLowerCase() + text.slice(1));
i18next.services.formatter.add('lowercase', text => text.toLowerCase());

/** The language of the page, with the person's own region if known: for times and numbers. */
export const locale = navigator.languages.find(tag => tag.split('-')[0] === language) ?? language;

/** The text of a key. params: the values of its placeholders, `count` for plurals, `context`. */
export const t = (key, params) => i18next.t(key, params);

const numbers = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
export const number = value => numbers.format(value);

/** "Ada", "Ada and Bob", "Ada, Bob and Cem" */
export const listed = names => (names.length < 2 ? names.join('') : t('list.last', { rest: enumerated(names.slice(0, -1)), last: names.at(-1) }));

/** Sentences, one after the other. */
export const sentences = (...all) => all.filter(Boolean).reduce((first, second) => t('list.sentences', { first, second }));

/** "Ada, Bob, Cem" */
export const enumerated = parts => parts.reduce((rest, next) => t('list.next', { rest, next }));

/**
 * The parts of a text that contains elements, for append(): "Read them the code <code/>, <b>at once</b>." elements: {name:
 * element}; what the catalogue has between the tags becomes the element's text. Values of placeholders contain no tags.
 */
export function compose(key, elements, params = {}) {
  const pieces = t(key, { ...params, skipInterpolation: true }).split(/<(\w+)(?:\/>|>(.*?)<\/\1>)/);
  const filled = text => i18next.services.interpolator.interpolate(text, params, language, {});
  const parts = [];
  for (let index = 0; index < pieces.length; index += 3) {
    const [text, name, inner] = pieces.slice(index, index + 3);
    if (text) parts.push(filled(text));
    if (!(name in elements)) continue;
    if (inner !== undefined) elements[name].textContent = filled(inner);
    parts.push(elements[name]);
  }
  return parts;
}

/** Inserts the texts into the page: data-i18n="key" on elements (whose children may have a data-part), data-i18n-title="key" and so on. */
function fill() {
  for (const node of document.querySelectorAll('[data-i18n]')) {
    const elements = Object.fromEntries([...node.querySelectorAll('[data-part]')].map(part => [part.dataset.part, part]));
    node.replaceChildren(...compose(node.dataset.i18n, elements));
  }
  for (const name of ATTRIBUTES) {
    for (const node of document.querySelectorAll(`[data-i18n-${name}]`)) node.setAttribute(name, t(node.getAttribute(`data-i18n-${name}`)));
  }
  document.documentElement.lang = language;
  document.documentElement.dir = i18next.dir();
  document.documentElement.dataset.text = 'ready';
}

fill();

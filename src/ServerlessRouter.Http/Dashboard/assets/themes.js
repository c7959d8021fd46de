// Light and dark: what the system says, until it is chosen here.
const name = 'router.theme';

/** The theme that is shown. */
export function theme() {
  return document.documentElement.dataset.theme ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
}

export function setTheme(chosen) {
  document.documentElement.dataset.theme = chosen;
  localStorage.setItem(name, chosen);
  tell();
}

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', tell);

/** Charts are drawn with the colours of the moment. */
function tell() {
  window.dispatchEvent(new Event('themechange'));
}

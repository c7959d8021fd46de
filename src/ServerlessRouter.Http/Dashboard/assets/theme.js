// Before the first paint, so that a chosen theme does not flash the other one.
{
  const chosen = localStorage.getItem('router.theme');
  if (['light', 'dark'].includes(chosen)) {
    document.documentElement.dataset.theme = chosen;
  }

  // uPlot does not load where the browser's language is no language tag.
  try {
    new Intl.Locale(navigator.language);
  } catch {
    Object.defineProperty(navigator, 'language', { value: 'en' });
  }
}

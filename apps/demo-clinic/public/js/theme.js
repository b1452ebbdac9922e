const THEMES = ['system', 'light', 'dark'];
const KEY = 'vitalcache-demo-theme';

/** Lets a button step through the themes and remembers the choice where the browser allows it. */
export function startTheme(button) {
  let theme = THEMES.find((known) => known === load()) ?? 'system';
  const apply = () => {
    document.documentElement.dataset.theme = theme;
    button.textContent = `Theme: ${theme}`;
  };
  button.addEventListener('click', () => {
    theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
    apply();
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      // Storage is switched off: the choice lasts as long as the page.
    }
  });
  apply();
}

function load() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

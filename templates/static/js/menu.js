// Menus are <details data-menu>: this closes them on Escape and when something else is clicked. What is
// <details data-fold> starts folded on narrow screens, so that the text comes first.

export function menus() {
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    for (const menu of document.querySelectorAll('details[data-menu][open]')) {
      menu.open = false;
      menu.querySelector('summary').focus();
    }
  });
  document.addEventListener('click', (event) => {
    for (const menu of document.querySelectorAll('details[data-menu][open]')) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
}

export function folds() {
  if (!window.matchMedia('(max-width: 62rem)').matches) return;
  for (const fold of document.querySelectorAll('details[data-fold]')) fold.open = false;
}

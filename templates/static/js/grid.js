// Arrow keys in a table marked data-grid: one cell at a time is in the tab order, the arrows, Home, End,
// Ctrl+Home and Ctrl+End move between cells. Without this script it is an ordinary table.

const moves = {
  ArrowLeft: (r, c) => [r, c - 1],
  ArrowRight: (r, c) => [r, c + 1],
  ArrowUp: (r, c) => [r - 1, c],
  ArrowDown: (r, c) => [r + 1, c],
  Home: (r, c, cells, ctrl) => [ctrl ? 0 : r, 0],
  End: (r, c, cells, ctrl) => {
    const row = ctrl ? cells.length - 1 : r;
    return [row, cells[row].length - 1];
  },
};

function activate(table) {
  const cells = [...table.rows]
    .filter((row) => row.querySelector('[data-cell]'))
    .map((row) => [...row.querySelectorAll('[data-cell]')]);
  if (!cells.length) return;
  for (const cell of cells.flat()) cell.tabIndex = -1;
  let current = cells[0][0];
  current.tabIndex = 0;

  const go = (cell) => {
    current.tabIndex = -1;
    current = cell;
    current.tabIndex = 0;
    current.focus();
    current.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  };

  table.addEventListener('keydown', (event) => {
    const cell = event.target.closest('[data-cell]');
    if (!cell) return;
    if (event.key === 'Enter' && event.target === cell) {
      cell.querySelector('a')?.click();
      return;
    }
    const move = moves[event.key];
    if (!move) return;
    const row = cells.findIndex((line) => line.includes(cell));
    const [r, c] = move(row, cells[row].indexOf(cell), cells, event.ctrlKey);
    const next = cells[r]?.[c];
    if (!next) return;
    event.preventDefault();
    go(next);
  });
  table.addEventListener('focusin', (event) => {
    const cell = event.target.closest('[data-cell]');
    if (cell && cell !== current) {
      current.tabIndex = -1;
      current = cell;
      current.tabIndex = 0;
    }
  });
}

export function grids() {
  for (const table of document.querySelectorAll('table[data-grid]')) activate(table);
}

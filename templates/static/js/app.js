// Everything works without this file; it only makes some things nicer.
import 'htmx.org';
import { grids } from './grid.js';
import { folds, menus } from './menu.js';
import { contents } from './contents.js';

grids();
folds();
menus();
contents();

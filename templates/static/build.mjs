// Builds the front-end assets into dist/: bundles app.css and app.js, makes one sprite of the icons in use,
// and puts a hash of the content into every name so that browsers may keep the files for ever.
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, '../..');
const dist = path.join(here, 'dist');

// clear empties dist but for the file that keeps it in the repository.
async function clear() {
  await mkdir(dist, { recursive: true });
  for (const name of await readdir(dist)) {
    if (name !== '.gitkeep') await rm(path.join(dist, name), { recursive: true });
  }
}

// bundle writes app.HASH.css, app.HASH.js and the fonts they name.
async function bundle() {
  await build({
    absWorkingDir: root,
    entryPoints: [
      { in: 'templates/static/js/app.js', out: 'app' },
      { in: 'templates/static/css/app.css', out: 'app' },
    ],
    outdir: dist,
    bundle: true,
    minify: true,
    format: 'iife',
    target: ['es2022', 'chrome123', 'firefox128', 'safari17.5'],
    entryNames: '[name].[hash]',
    assetNames: '[name].[hash]',
    publicPath: '/static',
    loader: { '.woff2': 'file' },
    legalComments: 'none',
    logLevel: 'warning',
  });
}

// icons lists the names in use: components.Icon("name") and v.Icon fields written as Icon: "name".
async function iconNames(dir) {
  const names = new Set();
  for (const entry of await readdir(dir, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || !/\.(templ|go)$/.test(entry.name) || /_(templ|test)\.go$/.test(entry.name)) continue;
    const text = await readFile(path.join(entry.parentPath ?? entry.path, entry.name), 'utf8');
    for (const m of text.matchAll(/\bIcon(?:\(|:\s*)"([a-z0-9-]+)"/g)) names.add(m[1]);
  }
  return [...names].sort();
}

// sprite writes icons.HASH.svg with one symbol for each icon.
async function sprite() {
  const symbols = [];
  for (const name of await iconNames(path.join(root, 'templates'))) {
    const file = path.join(root, 'node_modules/@tabler/icons/icons/outline', `${name}.svg`);
    const svg = await readFile(file, 'utf8');
    const body = svg
      .replace(/^[\s\S]*?<svg[\s\S]*?>/, '')
      .replace(/<\/svg>\s*$/, '')
      .replace(/<path stroke="none"[^>]*\/>/, '')
      .trim();
    symbols.push(
      `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" ` +
        `stroke-linecap="round" stroke-linejoin="round">${body}</symbol>`,
    );
  }
  await hashed('icons.svg', `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>\n`);
}

// hashed writes a file under its name with a hash of its content.
async function hashed(name, content) {
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 8).toUpperCase();
  const ext = path.extname(name);
  await writeFile(path.join(dist, `${path.basename(name, ext)}.${hash}${ext}`), content);
}

await clear();
await bundle();
await sprite();
await hashed('mark.svg', await readFile(path.join(here, 'mark.svg')));

// Builds the front-end assets into dist/: bundles app.css and app.js, cuts the stylesheet to the rules that the
// templates use, makes one sprite of the icons in use, cuts the fonts, and puts a hash of the content into every name
// so that browsers may keep the files for ever. What can be compressed lies beside itself as .br and .gz.
import { build, transform } from 'esbuild';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { PurgeCSS } from 'purgecss';
import subset from 'subset-font';

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

// What browsers must understand of what is written for them.
const target = ['es2022', 'chrome123', 'firefox128', 'safari17.5'];

// bundle writes app.HASH.css, app.HASH.js and the fonts that the stylesheet names.
async function bundle() {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [
      { in: 'templates/static/js/app.js', out: 'app' },
      { in: 'templates/static/css/app.css', out: 'app' },
    ],
    outdir: dist,
    write: false,
    bundle: true,
    minify: true,
    format: 'iife',
    target,
    assetNames: '[name].[hash]',
    publicPath: '/static',
    plugins: [fonts],
    legalComments: 'none',
    logLevel: 'warning',
  });
  for (const file of outputFiles) {
    const name = path.basename(file.path);
    if (name === 'app.css') await hashed(name, (await purge(file.text)).code);
    else if (name === 'app.js') await hashed(name, file.text);
    else await writeFile(file.path, file.contents); // a font, whose name the stylesheet knows
  }
}

// fonts cuts each font down to the characters and the weights that its rule in fonts.css says it is for. Hinting
// stays, so that text looks as in the whole font.
const fonts = {
  name: 'fonts',
  async setup({ onLoad }) {
    const rules = (await readFile(path.join(here, 'css/fonts.css'), 'utf8')).match(/@font-face \{[^}]*\}/g);
    onLoad({ filter: /\.woff2$/ }, async (file) => {
      const rule = rules.find((text) => text.includes(path.basename(file.path)));
      const [, min, max] = rule.match(/font-weight: (\d+) (\d+);/);
      const text = [...rule.matchAll(/U\+([0-9A-F]+)(?:-([0-9A-F]+))?/g)]
        .flatMap(([, from, to]) => {
          const first = parseInt(from, 16);
          const length = parseInt(to ?? from, 16) - first + 1;
          return Array.from({ length }, (_, i) => String.fromCodePoint(first + i));
        })
        .join('');
      const contents = await subset(await readFile(file.path), text, {
        targetFormat: 'woff2',
        variationAxes: { wght: { min: +min, max: +max, default: +min } },
      });
      return { contents, loader: 'file' };
    });
  },
};

// words are what rules may meet: the words of every text in quotes, as names of classes are, and the names of elements
// and attributes. A text that is continued, as in "ec-move-" + kind, ends in a dash: it stands for every class that
// begins with it.
function words(source) {
  const found = new Set();
  for (const [, element] of source.matchAll(/<([a-z][a-z0-9]*)/g)) found.add(element);
  for (const [, attribute] of source.matchAll(/\s([a-z][a-z-]*)\??=/g)) found.add(attribute);
  for (const [text] of source.matchAll(/"[^"\n]*"|'[^'\n]*'|`[^`]*`/g)) {
    for (const word of text.match(/[A-Za-z0-9_-]+/g) ?? []) found.add(word);
  }
  return [...found];
}

// purge leaves out of a stylesheet the rules, variables and animations that nothing uses. Fonts stay: rules name them
// by a variable, which it does not follow.
async function purge(css) {
  const content = [];
  for (const file of await sources(path.join(root, 'templates'), /\.(templ|go|js)$/)) {
    content.push({ raw: await readFile(file, 'utf8'), extension: path.extname(file).slice(1) });
  }
  const begun = content.flatMap((c) => words(c.raw)).filter((word) => /^[a-z]+(-[a-z]+)*-$/.test(word));
  const [cut] = await new PurgeCSS().purge({
    css: [{ raw: css }],
    content,
    extractors: [{ extractor: words, extensions: ['templ', 'go', 'js'] }],
    safelist: { standard: [/^:[a-z-]+$/, ...begun.map((word) => new RegExp(`^${word}`))] },
    dynamicAttributes: ['data-bs-theme', 'open', 'hidden', 'disabled', 'checked', 'required', 'readonly', 'multiple'],
    variables: true,
    keyframes: true,
    rejected: true,
  });
  const { code } = await transform(cut.css, { loader: 'css', minify: true, target, legalComments: 'none' });
  return { code, rejected: cut.rejected };
}

// keepOurs fails when something of our own stylesheets would be left out: it is of no use any more, or the purge does not
// understand it.
async function keepOurs() {
  const css = path.join(here, 'css');
  const parts = (await readdir(css)).filter((name) => name !== 'app.css');
  const texts = await Promise.all(parts.map((name) => readFile(path.join(css, name), 'utf8')));
  const { rejected } = await purge((await transform(texts.join('\n'), { loader: 'css', minify: true, target })).code);
  if (rejected.length) throw new Error(`no template can meet these rules of templates/static/css: ${rejected.join(', ')}`);
}

// sources lists the files of a folder that are written by hand and whose names match.
async function sources(dir, pattern) {
  const files = [];
  for (const entry of await readdir(dir, { withFileTypes: true, recursive: true })) {
    const file = path.join(entry.parentPath ?? entry.path, entry.name);
    const written = !/_(templ|test)\.go$/.test(entry.name) && !file.startsWith(dist);
    if (entry.isFile() && written && pattern.test(entry.name)) files.push(file);
  }
  return files.sort();
}

// iconNames lists the names in use: components.Icon("name") and v.Icon fields written as Icon: "name".
async function iconNames(dir) {
  const names = new Set();
  for (const file of await sources(dir, /\.(templ|go)$/)) {
    const text = await readFile(file, 'utf8');
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

// compress writes beside every file that becomes smaller by it the same file as .br and .gz. Fonts are compressed
// already.
async function compress() {
  const brotli = promisify(zlib.brotliCompress);
  const gzip = promisify(zlib.gzip);
  for (const name of await readdir(dist)) {
    if (!/\.(css|js|svg)$/.test(name)) continue;
    const content = await readFile(path.join(dist, name));
    const params = {
      [zlib.constants.BROTLI_PARAM_QUALITY]: zlib.constants.BROTLI_MAX_QUALITY,
      [zlib.constants.BROTLI_PARAM_SIZE_HINT]: content.length,
    };
    const coded = { br: await brotli(content, { params }), gz: await gzip(content, { level: 9 }) };
    for (const [ext, small] of Object.entries(coded)) {
      if (small.length < content.length) await writeFile(path.join(dist, `${name}.${ext}`), small);
    }
  }
}

await clear();
await keepOurs();
await bundle();
await sprite();
await hashed('mark.svg', await readFile(path.join(here, 'mark.svg')));
await compress();

// Cuts Open Sans down to what the documents need: three styles with the characters of Windows-1252 for the
// fast path, and one regular with the Latin, Greek and Cyrillic letters for the rest. The files go to a
// scratch folder; fonts/makefont turns them into what the package embeds. Same package, same bytes.
import { mkdir, readFile, writeFile, copyFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import subset from 'subset-font';

const require = createRequire(import.meta.url);
const source = dirname(require.resolve('@expo-google-fonts/open-sans/package.json'));
const here = import.meta.dirname;
const scratch = join(here, '..', '..', '..', 'node_modules', '.cache', 'echelon-fonts');

// Written out, since the decoder of some Node versions reads windows-1252 as Latin-1.
const latin1 = [...Array(95).keys()].map((i) => i + 0x20).concat([...Array(96).keys()].map((i) => i + 0xa0));
const cp1252 = String.fromCodePoint(...latin1) + '€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ';

// Hebrew is left out: gofpdf does not set text from right to left.
const ranges = [
  [0x20, 0x7e], [0xa0, 0x24f], [0x259, 0x259], [0x2bc, 0x2dd], [0x300, 0x328], [0x370, 0x3ff], [0x400, 0x52f],
  [0x1e00, 0x1eff], [0x2010, 0x2027], [0x2030, 0x205e], [0x2070, 0x209c], [0x20a0, 0x20bf], [0x2100, 0x218f],
  [0x2200, 0x22ff], [0x25ca, 0x25ca], [0xfb00, 0xfb04], [0xfffd, 0xfffd],
];
const extended = ranges
  .flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => String.fromCodePoint(from + i)))
  .join('');

const cuts = [
  ['400Regular/OpenSans_400Regular.ttf', 'OpenSans-Regular.ttf', cp1252],
  ['600SemiBold/OpenSans_600SemiBold.ttf', 'OpenSans-SemiBold.ttf', cp1252],
  ['400Regular_Italic/OpenSans_400Regular_Italic.ttf', 'OpenSans-Italic.ttf', cp1252],
  ['400Regular/OpenSans_400Regular.ttf', 'OpenSans-Extended.ttf', extended],
];

await mkdir(scratch, { recursive: true });
for (const [from, to, text] of cuts) {
  const cut = await subset(await readFile(join(source, from)), text, {
    targetFormat: 'truetype',
    noHinting: true,
    noLayoutClosure: true,
    keepFeatures: [],
    dropTables: ['GSUB', 'GPOS', 'GDEF', 'STAT', 'DSIG', 'gasp'],
  });
  await writeFile(join(scratch, to), cut);
  console.log(to, cut.length);
}
await copyFile(join(source, 'LICENSE_FONT'), join(here, 'LICENSE_FONT.txt'));

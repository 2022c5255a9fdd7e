// Lists in files: looking at one before it is sent, sending it, and having a list of what was refused.
import { count, h } from './dom.js';

/** The encoding of a file by its first bytes, as the server finds it. */
const encodingOf = (bytes) => {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return 'utf-16le';
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0)) return 'utf-16be';
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return 'utf-8';
  } catch { return 'windows-1252'; }
};

/** The beginning of a file as text, which encoding it has, and behind how many bytes the text begins. */
export const beginning = async (file, size) => {
  const bytes = new Uint8Array(await file.slice(0, size).arrayBuffer());
  const encoding = encodingOf(bytes);
  const marked = new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes.slice(0, 4)).startsWith('\uFEFF');
  return { encoding, text: new TextDecoder(encoding).decode(bytes), offset: marked ? (encoding === 'utf-8' ? 3 : 2) : 0 };
};

/** A file with another row, of plain letters, in front of its first one. */
export const withRow = (file, cells, { encoding, text, offset }) => {
  const { mark, start } = marksOf(text);
  const isWide = encoding.startsWith('utf-16');
  const place = offset + start * (isWide ? 2 : 1);
  const codes = [...`${cells.join(mark)}\n`].map((letter) => letter.charCodeAt(0));
  const row = Uint8Array.from(isWide ? codes.flatMap((code) => (encoding === 'utf-16le' ? [code, 0] : [0, code])) : codes);
  return new File([file.slice(0, place), row, file.slice(place)], file.name, { type: file.type });
};

/** What parts the cells of a text, and where its rows begin: behind a first line that says what parts them. */
const marksOf = (text) => {
  const told = /^sep=(.)(\r\n|\r|\n)/.exec(text);
  if (told) return { mark: told[1], start: told[0].length };
  const line = text.split(/\r\n|\r|\n/, 1)[0];
  return { mark: [',', ';', '\t', '|'].reduce((best, each) => (line.split(each).length > line.split(best).length ? each : best), ','), start: 0 };
};

/** The first rows of a CSV text. The server reads the whole file by itself; this is for looking at it only. */
export const rowsOf = (text, most) => {
  const { mark, start } = marksOf(text);
  const rows = [];
  let row = [];
  let cell = '';
  let isQuoted = false;
  const end = () => {
    row.push(cell);
    cell = '';
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
  };
  for (let index = start; index < text.length && rows.length < most; index += 1) {
    const letter = text[index];
    if (isQuoted) {
      if (letter !== '"') cell += letter;
      else if (text[index + 1] === '"') { cell += '"'; index += 1; } else isQuoted = false;
    } else if (letter === '"' && cell === '') isQuoted = true;
    else if (letter === mark) { row.push(cell); cell = ''; } else if (letter === '\n' || letter === '\r') {
      if (!(letter === '\n' && text[index - 1] === '\r')) end();
    } else cell += letter;
  }
  if (rows.length < most && (cell !== '' || row.length > 0)) end();
  return rows;
};

/** A cell of a file for a spreadsheet, which must not take it for a formula. */
const cell = (value) => {
  const text = /^[=+\-@\t\r]/.test(String(value)) ? `'${value}` : String(value);
  return `"${text.replaceAll('"', '""')}"`;
};

const download = (name, rows) => {
  const address = URL.createObjectURL(new Blob([rows.map((row) => row.map(cell).join(',')).join('\r\n')], { type: 'text/csv' }));
  h('a', { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
};

/** What a file of refused rows does not have, in words; nothing where it has everything. */
const missing = (rows, leftOut) => {
  const bare = rows.filter((row) => row.cells.length === 0).length;
  return [
    leftOut > 0 && `${count(leftOut)} more refused rows are not in this file.`,
    bare > 0 && `Rows of which only what is wrong is told, since their cells take too much room: ${count(bare)}.`,
  ].filter(Boolean).join(' ');
};

/**
 * A button that makes a file of the rows that were refused, each whole behind what is wrong with it, as far as they were
 * told. The last line says what is not in it. There is no button where all were taken.
 */
export const refusedRows = (names, { columns, errors, errors_left_out: leftOut }) => {
  if (errors.length === 0) return false;
  const note = missing(errors, leftOut);
  const rows = [[...names, ...columns], ...errors.map((row) => [...names.map((name) => row[name]), ...row.cells])];
  if (note) rows.push([...names.slice(1).map(() => ''), note]);
  return h('div', { class: 'row' },
    h('button', { type: 'button', click: () => download('refused.csv', rows) }, leftOut > 0
      ? `Download the first ${count(errors.length)} of ${count(errors.length + leftOut)} refused rows` : 'Download the refused rows'),
    note && h('span', { class: 'soft' }, note));
};

/** A place for a file, which is dropped or chosen. */
export const filePlace = (text, take) => {
  const input = h('input', { type: 'file', accept: '.csv,.tsv,.txt,text/csv', id: 'file', change: (event) => event.target.files[0] && take(event.target.files[0]) });
  const drop = h('div', {
    class: 'drop',
    dragover: (event) => { event.preventDefault(); drop.classList.add('over'); },
    dragleave: () => drop.classList.remove('over'),
    drop: (event) => {
      event.preventDefault();
      drop.classList.remove('over');
      if (event.dataTransfer.files[0]) take(event.dataTransfer.files[0]);
    },
  }, h('label', null, text, input));
  return drop;
};

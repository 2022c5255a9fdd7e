// Lists in files: looking at one before it is sent, sending it, and having a list of what was refused.
import { h } from './dom.js';

/** The first rows of a CSV text. The server reads the whole file by itself; this is for looking at it only. */
export const rowsOf = (text, most) => {
  const line = text.split(/\r\n|\r|\n/, 1)[0];
  const mark = [',', ';', '\t'].reduce((best, each) => (line.split(each).length > line.split(best).length ? each : best), ',');
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
  for (let index = 0; index < text.length && rows.length < most; index += 1) {
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

/** A button that makes a file of rows that were refused; none where all were taken. */
export const refusedRows = (names, rows) => rows.length > 0 && h('div', { class: 'row' }, h('button', {
  type: 'button', click: () => download('refused.csv', [names, ...rows.map((row) => names.map((name) => row[name]))]),
}, 'Download the refused rows'));

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

/// A page on which the API can be read and tried. It loads nothing from elsewhere, and shows texts as texts.
enum DocumentationPage {
  static let html = """
    <!doctype html>
    <html lang="en">
    <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>CampaignKit API</title>
      <link rel="stylesheet" href="/api-docs.css">
    </head>
    <body>
      <header>
        <h1>CampaignKit API</h1>
        <label>Token or key <input id="token" type="password" autocomplete="off" spellcheck="false"></label>
        <label>Find <input id="find" type="search" placeholder="path or words"></label>
        <a href="/openapi.json">openapi.json</a>
      </header>
      <main id="operations" aria-live="polite"><p>Loading.</p></main>
      <script src="/api-docs.js" defer></script>
    </body>
    </html>

    """

  static let style = """
    :root { color-scheme: light dark; --line: #8886; --soft: #8882; font: 15px/1.5 system-ui, sans-serif }
    body { max-width: 60rem; margin: 0 auto; padding: 1rem }
    header { display: flex; flex-wrap: wrap; gap: 1rem; align-items: baseline }
    h1 { font-size: 1.4rem; margin: 0 auto 0 0 }
    h2 { font-size: 1.1rem; margin: 2rem 0 .5rem }
    input, textarea, button { font: inherit; padding: .2rem .5rem; max-width: 100% }
    textarea { width: 100%; box-sizing: border-box; font-family: ui-monospace, monospace; font-size: 13px }
    details { border: 1px solid var(--line); border-radius: 6px; margin: .3rem 0; padding: .3rem .7rem }
    summary { cursor: pointer; overflow-wrap: anywhere }
    summary b { display: inline-block; min-width: 4.5rem }
    code, pre { font-family: ui-monospace, monospace; font-size: 13px }
    pre { background: var(--soft); padding: .6rem; border-radius: 6px; overflow: auto; max-height: 30rem }
    .row { display: flex; flex-wrap: wrap; gap: .6rem; margin: .4rem 0 }

    """

  static let script = """
    'use strict';
    const make = (name, text, ...children) => {
      const element = document.createElement(name);
      if (text !== undefined && text !== null) element.textContent = text;
      element.append(...children);
      return element;
    };

    const example = (schema, depth = 0) => {
      if (!schema || depth > 6) return null;
      if (schema.examples) return schema.examples[0];
      if ('default' in schema) return schema.default;
      if (schema.enum) return schema.enum[0];
      if (schema.anyOf) return example(schema.anyOf[0], depth + 1);
      const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
      if (type === 'object') {
        const value = {};
        for (const [name, member] of Object.entries(schema.properties || {})) value[name] = example(member, depth + 1);
        return value;
      }
      if (type === 'array') return [example(schema.items, depth + 1)];
      if (type === 'integer' || type === 'number') return Math.max(schema.minimum || 0, 1);
      if (type === 'boolean') return false;
      return type === 'string' ? 'text' : null;
    };

    const show = (path, method, operation) => {
      const box = make('details', null);
      box.dataset.words = `${method} ${path} ${operation.summary}`.toLowerCase();
      box.append(make('summary', null, make('b', method.toUpperCase()), make('code', path), ` ${operation.summary}`));
      box.addEventListener('toggle', () => { if (box.open && box.children.length === 1) fill(box, path, method, operation); });
      return box;
    };

    const fill = (box, path, method, operation) => {
      const inputs = [];
      const row = make('div');
      row.className = 'row';
      for (const parameter of operation.parameters || []) {
        const input = make('input');
        input.placeholder = parameter.schema.default ?? parameter.schema.description ?? '';
        input.required = parameter.required;
        inputs.push([parameter, input]);
        row.append(make('label', null, `${parameter.name}${parameter.required ? ' *' : ''} `, input));
      }
      const [type, content] = Object.entries(operation.requestBody?.content || {})[0] || [];
      const body = make('textarea');
      if (content) {
        body.rows = 8;
        body.value = JSON.stringify(example(content.schema), null, 2);
      }
      const answer = make('pre', 'No answer yet.');
      const send = make('button', 'Send');
      send.addEventListener('click', () => ask(path, method, inputs, type, body.value, answer));
      const statuses = make('pre', Object.entries(operation.responses)
        .map(([status, value]) => `${status} ${value.description}`).join('\\n'));
      const parts = type === 'application/json' ? [body] : [];
      box.append(row, ...parts, send, answer, make('details', null, make('summary', 'Answers'), statuses));
    };

    const ask = async (path, method, inputs, type, body, answer) => {
      const query = new URLSearchParams();
      let target = path;
      for (const [parameter, input] of inputs) {
        if (parameter.in === 'path') target = target.replace(`{${parameter.name}}`, encodeURIComponent(input.value));
        else if (input.value !== '') query.append(parameter.name, input.value);
      }
      const token = document.getElementById('token').value.trim();
      const headers = {};
      if (token) headers.Authorization = `Bearer ${token}`;
      if (type === 'application/json') headers['Content-Type'] = type;
      try {
        const response = await fetch(target + (query.size ? `?${query}` : ''), {
          method: method.toUpperCase(), headers, body: type === 'application/json' ? body : undefined,
        });
        const text = await response.text();
        let shown = text;
        try { shown = JSON.stringify(JSON.parse(text), null, 2); } catch { /* It is no JSON, and is shown as it is. */ }
        answer.textContent = `${response.status} ${response.statusText}\\n\\n${shown}`;
      } catch (error) {
        answer.textContent = `The server cannot be reached: ${error.message}`;
      }
    };

    const start = async () => {
      const main = document.getElementById('operations');
      const description = await (await fetch('/openapi.json')).json();
      main.replaceChildren();
      for (const dialect of description.tags) {
        const section = make('section', null, make('h2', `${dialect.name}: ${dialect.description}`));
        for (const [path, item] of Object.entries(description.paths)) {
          for (const [method, operation] of Object.entries(item)) {
            if (operation.tags[0] === dialect.name) section.append(show(path, method, operation));
          }
        }
        main.append(section);
      }
      document.getElementById('find').addEventListener('input', (event) => {
        const word = event.target.value.toLowerCase();
        for (const box of main.querySelectorAll('section > details')) box.hidden = !box.dataset.words.includes(word);
      });
    };

    start().catch((error) => {
      document.getElementById('operations').textContent = `The description cannot be read: ${error.message}`;
    });

    """
}

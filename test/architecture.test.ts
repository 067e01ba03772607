/**
 * Enforces the rooms: who may import whom, no cycles, and what only one place may do (templates, child processes,
 * printing, clocks). The table is the one of docs/architecture.md.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Room → rooms that it may import besides itself. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  base: [],
  graph: ['base'],
  xor: ['base'],
  data: ['base'],
  model: ['base', 'graph', 'xor'],
  onnx: ['base', 'graph', 'xor', 'model'],
  train: ['base', 'graph', 'xor', 'data', 'model'],
  fixed: ['base', 'graph', 'xor', 'model'],
  simulate: ['base', 'graph', 'xor', 'fixed'],
  rtl: ['base', 'graph', 'xor', 'fixed'],
  toolchain: ['base'],
  cosim: ['base', 'graph', 'fixed', 'simulate', 'rtl', 'toolchain'],
  report: ['base', 'graph', 'xor', 'data', 'model', 'train', 'fixed', 'simulate', 'rtl', 'toolchain', 'cosim'],
  app: [
    'base',
    'graph',
    'xor',
    'data',
    'model',
    'onnx',
    'train',
    'fixed',
    'simulate',
    'rtl',
    'toolchain',
    'cosim',
    'report',
  ],
  cli: ['base', 'app'],
};

/** Code outside `src`: what of the toolchain and of each other it may import. `native` is C++ and imports nothing of ours. */
const OUTSIDE: Readonly<Record<string, (path: string) => boolean>> = {
  bench: (path) => /^(bench|dist)\//.test(path) && !path.startsWith('dist/cli/'),
  scripts: (path) => /^(scripts|dist)\//.test(path) && !path.startsWith('dist/cli/'),
  test: (path) => /^(test|src)\//.test(path) && !/^src\/cli\/(?!schemas\/)/.test(path),
  // Parts of the command line are tested alone; what a command does is tested by running the program.
  'test/cli': (path) => /^(test|src)\//.test(path),
  native: () => false,
};

/** Rooms within a room → what each may import of its neighbours there. The arrows go one way. */
const INNER_ROOMS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  train: {
    networks: [],
    weights: ['networks'],
    engine: ['weights'],
    activations: [],
    run: ['networks', 'weights', 'engine', 'activations'],
  },
  cli: {
    terminal: [],
    options: ['terminal'],
    tables: ['terminal'],
    completion: ['options'],
    schemas: [],
    commands: ['options', 'tables', 'terminal', 'completion', 'schemas'],
  },
};

/** Files beside inner rooms: the programs, and what runs a command line in a thread of its own. */
const STARTS = ['flexor', 'gen-rtl-main', 'supervise', 'command-thread', 'messages', 'run'].map(
  (name) => `src/cli/${name}.ts`,
);

/** What `import('flexor')` gives: it does nothing of its own. */
const LIBRARY = 'src/index.ts';

/** The only list of hardware units. */
const UNIT_LIST = 'src/rtl/units/index.ts';

/** Files that import nothing: the contracts that rooms share. */
const CONTRACTS = ['src/fixed/types.ts', 'src/graph/types.ts', 'src/onnx/types.ts', 'src/xor/types.ts'];

interface Source {
  /** Path from the root of the repository. */
  readonly path: string;
  readonly room: string;
  readonly tree: ts.SourceFile;
  readonly imports: readonly string[];
  /** Those of `imports` of which more than types is used. */
  readonly values: readonly string[];
}

function sourceFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.[jt]s$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

function load(path: string): Source {
  const tree = ts.createSourceFile(path, readFileSync(join(root, path), 'utf8'), ts.ScriptTarget.Latest, true);
  const imports: string[] = [];
  const values: string[] = [];
  visit(tree, (node) => {
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier) {
      const { text } = node.moduleSpecifier as ts.StringLiteral;
      imports.push(text);
      if (!(ts.isImportDeclaration(node) ? node.importClause?.isTypeOnly : node.isTypeOnly)) values.push(text);
    }
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [argument] = node.arguments;
      if (argument && ts.isStringLiteral(argument)) {
        imports.push(argument.text);
        values.push(argument.text);
      }
    }
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal)) {
      imports.push(node.argument.literal.text);
    }
  });
  return { path, room: path.split('/')[1]!, tree, imports, values };
}

function visit(node: ts.Node, action: (node: ts.Node) => void): void {
  action(node);
  ts.forEachChild(node, (child) => visit(child, action));
}

/** Path of a relative import, as a source file of the repository. */
function target(source: Source, specifier: string): string {
  const path = join(dirname(source.path), specifier);
  return source.path.endsWith('.ts') ? path.replace(/\.js$/, '.ts') : path;
}

const sources = sourceFiles('src').map(load);
const outside = ['bench', 'native', 'scripts', 'test'].flatMap(sourceFiles).map(load);
const isRelative = (specifier: string): boolean => specifier.startsWith('.');

/** Uses of an expression like `process.exit`, as `path:line`. */
function uses(pattern: RegExp, allowed: (source: Source) => boolean): string[] {
  const found: string[] = [];
  for (const source of sources.filter((each) => !allowed(each))) {
    visit(source.tree, (node) => {
      const call = ts.isPropertyAccessExpression(node) || ts.isNewExpression(node);
      if (!call || !pattern.test(node.getText())) return;
      found.push(`${source.path}:${source.tree.getLineAndCharacterOfPosition(node.getStart()).line + 1}`);
    });
  }
  return found;
}

/** Files that import a module, by the room's or the file's path. */
function importers(matches: (specifier: string) => boolean): string[] {
  return sources.filter((source) => source.imports.some(matches)).map((source) => source.path);
}

describe('rooms', () => {
  test('every file lies in a room', () => {
    expect(sources.length).toBeGreaterThan(20);
    const lost = sources.filter((source) => !(source.room in ROOMS) && source.path !== LIBRARY);
    expect(lost.map((source) => source.path)).toEqual([]);
  });

  test.each(Object.entries(ROOMS))('%s imports only what it may', (room, allowed) => {
    const wrong = sources
      .filter((source) => source.room === room)
      .flatMap((source) =>
        // The command line prints what `app` returns, so it may name the types of any room.
        (room === 'cli' ? source.values : source.imports)
          .filter(isRelative)
          .map((specifier) => target(source, specifier))
          .filter((path) => path.split('/')[0] !== 'src' || ![room, ...allowed].includes(path.split('/')[1]!))
          .map((path) => `${source.path} → ${path}`),
      );
    expect(wrong).toEqual([]);
  });

  describe.each(Object.entries(INNER_ROOMS))('within %s', (outer, rooms) => {
    // A file beside the rooms starts what is in them: nobody there may import it.
    const inner = (path: string): string => path.split('/').slice(2, -1)[0] ?? '';
    const within = sources.filter((source) => source.room === outer);

    test('every file lies in a room, and every room has a README or a row in that of its house', () => {
      const lost = within.filter(({ path }) => !(inner(path) in rooms) && !STARTS.includes(path));
      expect(lost.map(({ path }) => path)).toEqual([]);
      const rows = readFileSync(join(root, 'src', outer, 'README.md'), 'utf8');
      for (const room of Object.keys(rooms)) {
        if (!rows.includes(`| \`${room}/\``)) {
          expect(existsSync(join(root, 'src', outer, room, 'README.md')), room).toBe(true);
        }
      }
    });

    test.each(Object.entries(rooms))('%s imports only what it may', (room, allowed) => {
      const wrong = within
        .filter(({ path }) => inner(path) === room)
        .flatMap((source) =>
          source.imports
            .filter(isRelative)
            .map((specifier) => target(source, specifier))
            .filter((path) => path.startsWith(`src/${outer}/`) && ![room, ...allowed].includes(inner(path)))
            .map((path) => `${source.path} → ${path}`),
        );
      expect(wrong).toEqual([]);
    });

    test('the arrows between rooms go one way', () => {
      const before: string[] = [];
      for (const [room, allowed] of Object.entries(rooms)) {
        expect(
          allowed.filter((other) => !before.includes(other)),
          room,
        ).toEqual([]);
        before.push(room);
      }
    });
  });

  test.each(Object.keys(OUTSIDE))('%s imports only what it may', (folder) => {
    const wrong = outside
      .filter(({ path }) => path.startsWith(`${folder}/`))
      .filter(({ path }) => folder === 'test/cli' || !path.startsWith('test/cli/'))
      .flatMap((source) =>
        source.imports
          .filter(isRelative)
          .map((specifier) => join(dirname(source.path), specifier))
          .filter((path) => !OUTSIDE[folder]!(path))
          .map((path) => `${source.path} → ${path}`),
      );
    expect(wrong).toEqual([]);
  });

  test('the library only gives on what app, and with it errors of base, offers', () => {
    const { values, tree } = sources.find(({ path }) => path === LIBRARY)!;
    expect(values.filter((specifier) => !/^\.\/(app|base)\//.test(specifier))).toEqual([]);
    expect(tree.statements.filter((statement) => !ts.isExportDeclaration(statement)).map(String)).toEqual([]);
  });

  test('the command line and workers find files of the package in one place', () => {
    const finders = sources.filter(({ tree }) => tree.text.includes('import.meta')).map(({ path }) => path);
    expect(finders).toEqual(['src/base/addon.ts', 'src/base/optional.ts', 'src/base/places.ts']);
  });

  test('simulate and rtl know nothing of each other, the hardware side nothing of training', () => {
    const reach = (from: string): Set<string> => {
      const seen = new Set<string>([from]);
      for (const room of seen) for (const next of ROOMS[room]!) seen.add(next);
      return seen;
    };
    expect(reach('simulate').has('rtl')).toBe(false);
    expect(reach('rtl').has('simulate')).toBe(false);
    for (const room of ['fixed', 'simulate', 'rtl', 'cosim', 'toolchain']) expect(reach(room).has('train')).toBe(false);
  });

  test('at most three files outside its folder, and the list, name a hardware unit', () => {
    const list = sources.find(({ path }) => path === UNIT_LIST)!;
    const folders = list.imports.filter(isRelative).map((specifier) => dirname(target(list, specifier)));
    const units = [...new Set(folders)].filter((folder) => dirname(folder) === dirname(UNIT_LIST));
    expect(units.length).toBeGreaterThan(15);
    for (const unit of units) {
      // A unit is named by what is imported of it, and by its module; comments may name what they like.
      const module = new RegExp(`\\bflexor_${basename(unit).replaceAll('-', '_')}\\b`);
      const naming = sources.filter(
        (source) =>
          source.path !== UNIT_LIST &&
          !source.path.startsWith(`${unit}/`) &&
          (source.imports.some((each) => isRelative(each) && dirname(target(source, each)) === unit) ||
            module.test(source.tree.text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, ''))),
      );
      expect(naming.length, `${unit}: ${naming.map(({ path }) => path).join(', ')}`).toBeLessThanOrEqual(3);
    }
  });

  test('docs/architecture.md lists the same', () => {
    const rows = [
      ...readFileSync(join(root, 'docs/architecture.md'), 'utf8').matchAll(/^\| `src\/(\w+)` .*\| ([^|]*?) +\|$/gm),
    ];
    const listed = Object.fromEntries(rows.map(([, room, rooms]) => [room, rooms]));
    expect(Object.keys(listed)).toEqual(Object.keys(ROOMS));
    for (const [room, allowed] of Object.entries(ROOMS)) {
      if (room === 'report' || room === 'app') continue;
      expect(listed[room], room).toBe(allowed.length === 0 ? '–' : allowed.join(' '));
    }
  });

  test('contract files import nothing', () => {
    for (const path of CONTRACTS) expect(load(path).imports, path).toEqual([]);
  });

  test('no file imports itself through others', () => {
    expect(findCycle([...sources, ...outside])).toEqual([]);
  });

  test('every import names a file that exists', () => {
    const known = new Set([...sources, ...outside].map((source) => source.path));
    const missing = [...sources, ...outside].flatMap((source) =>
      source.imports
        .filter(isRelative)
        .map((specifier) => target(source, specifier))
        .filter((path) => !known.has(path) && !path.startsWith('dist/'))
        .map((path) => `${source.path} → ${path}`),
    );
    expect(missing).toEqual([]);
  });
});

/** The first import cycle found, as a list of files; empty where there is none. */
function findCycle(files: readonly Source[]): string[] {
  const byPath = new Map(files.map((source) => [source.path, source]));
  const done = new Set<string>();
  const walk = (path: string, trail: readonly string[]): string[] => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
    const source = byPath.get(path);
    if (source === undefined || done.has(path)) return [];
    for (const specifier of source.imports.filter(isRelative)) {
      const cycle = walk(target(source, specifier), [...trail, path]);
      if (cycle.length > 0) return cycle;
    }
    done.add(path);
    return [];
  };
  for (const source of files) {
    const cycle = walk(source.path, []);
    if (cycle.length > 0) return cycle;
  }
  return [];
}

describe('what only one place may do', () => {
  test('one file imports Handlebars', () => {
    expect(importers((specifier) => /^handlebars(\/|$)/.test(specifier))).toEqual(['src/base/template.ts']);
  });

  test('child processes are started in toolchain only', () => {
    const files = importers((specifier) => /^(node:)?child_process$/.test(specifier));
    expect(files.filter((file) => !file.startsWith('src/toolchain/'))).toEqual([]);
    expect(files.length).toBeGreaterThan(0);
  });

  test('one file calls the file system, one reads JSON', () => {
    const files = importers((specifier) => /^(node:)?fs(\/promises)?$/.test(specifier));
    expect(files).toEqual(['src/base/files.ts']);
    const parsers = uses(/^JSON\.parse$/, (source) => ['src/base/json.ts'].includes(source.path));
    expect(parsers).toEqual([]);
  });

  test('printing and ending the process belong to cli', () => {
    const cli = (source: Source): boolean => source.room === 'cli';
    expect(uses(/^console\./, cli)).toEqual([]);
    expect(uses(/^process\.(exit|exitCode|stdout|stderr|argv)$/, cli)).toEqual([]);
  });

  test('clocks belong to cli', () => {
    const pattern = /^(Date\.now|performance\.now|process\.hrtime|process\.uptime|new Date\b.*)$/s;
    expect(uses(pattern, (source) => source.room === 'cli')).toEqual([]);
  });

  test('unseeded randomness is used nowhere', () => {
    // crypto.randomUUID names temporary files; nothing else depends on it.
    expect(uses(/^(Math\.random|crypto\.getRandomValues)$/, () => false)).toEqual([]);
  });

  test('built-in modules carry their prefix', () => {
    const bare = new Set(builtinModules);
    expect(importers((specifier) => bare.has(specifier) && !specifier.startsWith('node:'))).toEqual([]);
  });
});

describe('Verilog library', () => {
  const files = readdirSync(join(root, 'hw')).filter((name) => name.endsWith('.v'));

  test.each(files)('%s holds the module of its name, with a header', (name) => {
    const text = readFileSync(join(root, 'hw', name), 'utf8');
    expect(name).toMatch(/^flexor_[a-z0-9_]+\.v$/);
    const modules = [...text.matchAll(/^\s*module\s+(\w+)/gm)].map((match) => match[1]);
    expect(modules).toEqual([name.replace(/\.v$/, '')]);
    expect(text.startsWith('//'), 'begins with a comment that says what it does').toBe(true);
    // `default_nettype none or explicit nets: a misspelt name must not become a wire.
    expect(text).not.toMatch(/\balways_ff\b|\balways_comb\b|\blogic\b/);
  });
});

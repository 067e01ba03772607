/**
 * Exit code 0 where node_modules holds what package-lock.json asks for. Compares it with the list of installed packages
 * that npm keeps in node_modules; needs no package itself.
 */
import { readFileSync } from 'node:fs';
import { URL } from 'node:url';

const read = (path) => JSON.parse(readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')).packages;

function isCurrent() {
  const wanted = read('package-lock.json');
  let installed;
  try {
    installed = read('node_modules/.package-lock.json');
  } catch {
    return false;
  }
  // Optional packages may be for other platforms or left out on purpose, but one that is there has its version.
  return Object.entries(wanted).every(([path, { version, optional, peer }]) => {
    if (path === '' || peer || (optional && installed[path] === undefined)) return true;
    return installed[path]?.version === version;
  });
}

process.exitCode = isCurrent() ? 0 : 1;

// Old syntax only, no `node:` names: runs before anything that needs the version it asks for.
import fs from 'fs';
import url from 'url';

var manifest = JSON.parse(
  fs.readFileSync(url.fileURLToPath(new URL('../../package.json', import.meta.url)), 'utf8'),
);

function compare(left, right) {
  for (var i = 0; i < 3; i += 1) {
    if (left[i] !== right[i]) return left[i] - right[i];
  }
  return 0;
}

/** True if `version` is in `range`: alternatives of `^x.y.z` and `>=x.y.z`. */
export function satisfies(version, range) {
  var actual = version.replace(/^v/, '').split('-')[0].split('.').map(Number);
  return range.split('||').some(function (part) {
    var match = /^\s*(\^|>=)(\d+)\.(\d+)\.(\d+)\s*$/.exec(part);
    if (match === null) throw new Error('Cannot read the Node range "' + part.trim() + '"');
    var least = match.slice(2).map(Number);
    return compare(actual, least) >= 0 && (match[1] === '>=' || actual[0] === least[0]);
  });
}

if (!satisfies(process.version, manifest.engines.node)) {
  console.error(
    'Vitalcache needs Node.js ' +
      manifest.engines.node +
      ', this is ' +
      process.version +
      '. Install Node.js 20.19 or newer (`nvm install` reads .nvmrc) and try again.',
  );
  process.exit(1);
}

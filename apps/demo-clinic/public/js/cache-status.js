/**
 * What the response headers `Cache-Status` (RFC 9211) and `Age` (RFC 9111) say about one answer.
 * The headers come from outside: whatever they hold, these functions return and never throw.
 */

/**
 * The caches of a `Cache-Status` header, the one nearest to the browser last.
 * @param {string | null | undefined} header
 * @returns {{ name: string, params: Record<string, string | number | true> }[]}
 */
export function parseCacheStatus(header) {
  return split(header ?? '', ',')
    .map((member) => {
      const [name = '', ...params] = split(member, ';');
      return { name: bare(name), params: Object.fromEntries(params.map(parameter)) };
    })
    .filter(({ name }) => name !== '');
}

/**
 * Tells in one word where an answer came from, with its age and what is left of its life, in seconds.
 * `null` stands for what the headers don't say.
 * @param {{ get(name: string): string | null }} headers
 */
export function describeCache(headers) {
  const caches = parseCacheStatus(headers.get('cache-status'));
  const ours = caches.findLast(({ name }) => name.toLowerCase() === 'vitalcache') ?? caches.at(-1);
  const params = ours?.params ?? {};
  const ttl = number(params.ttl);
  const age = number(headers.get('age'));
  return {
    outcome: outcomeOf(ours, params, ttl),
    age,
    ttl,
    staleFor: staleWindow(headers.get('cache-control')),
    detail: typeof params.detail === 'string' ? params.detail : '',
    stored: params.stored === true,
    shared: params.collapsed === true,
  };
}

function outcomeOf(cache, params, ttl) {
  if (!cache) return 'unknown';
  if (params.hit === true) {
    return (ttl !== null && ttl < 0) || params.detail === 'stale' ? 'stale' : 'hit';
  }
  if (params.fwd === 'bypass') return 'bypass';
  return params.fwd === undefined ? 'unknown' : 'miss';
}

// RFC 5861; how long an answer may be served after its fresh time.
function staleWindow(cacheControl) {
  const directive = split(cacheControl ?? '', ',').find((part) =>
    part.startsWith('stale-while-revalidate='),
  );
  return directive ? number(directive.slice(directive.indexOf('=') + 1)) : null;
}

/** Splits at a separator that stands outside of quotes; `\` escapes within them. */
function split(text, separator) {
  const parts = [''];
  let quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const char = text[index];
    if (quoted && char === '\\') parts[parts.length - 1] += char + (text[(index += 1)] ?? '');
    else if (char === separator && !quoted) parts.push('');
    else {
      if (char === '"') quoted = !quoted;
      parts[parts.length - 1] += char;
    }
  }
  return parts.map((part) => part.trim());
}

function parameter(text) {
  const at = text.indexOf('=');
  if (at < 0) return [text.toLowerCase(), true];
  const raw = text.slice(at + 1).trim();
  const value = bare(raw);
  if (raw === '?1') return [text.slice(0, at).toLowerCase(), true];
  return [
    text.slice(0, at).trim().toLowerCase(),
    !raw.startsWith('"') && number(raw) !== null ? number(raw) : value,
  ];
}

function bare(text) {
  return text.startsWith('"') ? text.replace(/^"|"$/g, '').replace(/\\(.)/g, '$1') : text;
}

function number(value) {
  if (value === null || value === undefined || value === '') return null;
  const parsed = Number(value);
  return Number.isFinite(parsed) ? parsed : null;
}

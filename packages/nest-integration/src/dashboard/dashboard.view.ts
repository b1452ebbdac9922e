/** Puts values into the page: text only, never markup. Part of the page's one script. */
export const DASHBOARD_VIEW = `
var MAX_POINTS = 45;
var VERDICTS = {
  healthy: ['\\u25cf All is well', 'Nothing to do.'],
  warning: ['\\u25b2 The cache works, and something needs a look', 'The application works. Somebody should look today at what stands below.'],
  critical: ['\\u25a0 The cache cannot do its work', 'The application still works, slower where the cache can not help. What else this means stands below. Tell whoever is on duty for it.'],
  off: ['\\u25b2 The cache is switched off', 'The application works, and slower: it fetches everything anew. Somebody switched the cache off on purpose.']
};

function byId(id) { return document.getElementById(id); }
function say(id, text) {
  var node = byId(id);
  if (node.textContent !== text) node.textContent = text;
}
function element(name, text) {
  var node = document.createElement(name);
  if (text !== undefined) node.textContent = text;
  return node;
}
function fill(id, nodes) { byId(id).replaceChildren.apply(byId(id), nodes); }

function count(value) { return Math.round(value).toLocaleString('en'); }
function several(value, one, many) { return count(value) + ' ' + (value === 1 ? one : many); }
function percent(share) {
  if (share === 0 || share === 1) return share * 100 + ' %';
  return (share * 100).toFixed(share > 0.9995 ? 2 : 1) + ' %';
}
function time(ms) {
  if (ms === null || ms === undefined) return 'never';
  if (ms < 0.005) return '0 ms';
  if (ms < 10) return ms.toFixed(2) + ' ms';
  if (ms < 1000) return Math.round(ms) + ' ms';
  return (ms / 1000).toFixed(1) + ' s';
}
function size(bytes) {
  if (bytes < 1024) return bytes + ' B';
  if (bytes < 1048576) return (bytes / 1024).toFixed(1) + ' KiB';
  return (bytes / 1048576).toFixed(1) + ' MiB';
}
function clock(at) { return new Date(at).toLocaleTimeString('en-GB'); }

function rows(id, pairs) {
  fill(id, pairs.filter(Boolean).flatMap(function (pair) {
    var value = element('dd', pair[1]);
    if (pair[2]) value.className = 'bad';
    return [element('dt', pair[0]), value];
  }));
}

function shape(name, attributes) {
  var node = document.createElementNS('http://www.w3.org/2000/svg', name);
  Object.keys(attributes).forEach(function (key) { node.setAttribute(key, attributes[key]); });
  return node;
}
/* The newest value at the right; what is not known yet is left free. */
function trend(id, values, top) {
  var most = top || Math.max.apply(null, values.concat(0.000001)) * 1.15;
  var step = 100 / (MAX_POINTS - 1);
  var start = 100 - (values.length - 1) * step;
  var points = values.map(function (value, at) {
    return (start + at * step).toFixed(2) + ',' + (39 - (Math.min(value, most) / most) * 38).toFixed(2);
  });
  var base = shape('path', { class: 'base', d: 'M0 39.5H100' });
  if (points.length < 2) return fill(id, [base]);
  var line = 'M' + points.join('L');
  var area = line + 'L100,39L' + start.toFixed(2) + ',39Z';
  fill(id, [base, shape('path', { class: 'area', d: area }), shape('path', { class: 'line', d: line })]);
}
function push(list, value) {
  list.push(value);
  if (list.length > MAX_POINTS) list.shift();
}

function showHealth(state) {
  var banner = byId('banner');
  var name = 'card banner ' + (state.enabled || state.health !== 'healthy' ? state.health : 'warning');
  if (banner.className !== name) banner.className = name;
  var words = VERDICTS[state.enabled || state.health === 'critical' ? state.health : 'off'];
  say('verdict', words[0]);
  say('meaning', words[1]);
  var reasons = byId('reasons');
  var text = state.reasons.join('\\n');
  if (reasons.dataset.text !== text) {
    reasons.dataset.text = text;
    fill('reasons', state.reasons.map(function (reason) { return element('li', reason); }));
  }
  reasons.hidden = state.reasons.length === 0;
}

function showRates(state, before, lists) {
  var stats = state.stats;
  var numbers = state.performance;
  if (!stats || !numbers) {
    ['rate', 'load', 'wait'].forEach(function (id) { say(id, '\\u2013'); say(id + '-all', 'Nothing counts: metrics are off, or the metrics package is not in use.'); });
    return;
  }
  if (before && before.stats && before.performance) {
    var hits = stats.hits - before.stats.hits;
    var reads = hits + stats.misses - before.stats.misses;
    var seconds = Math.max(0.001, (state.at - before.at) / 1000);
    if (reads > 0) push(lists.rate, hits / reads);
    push(lists.load, Math.max(0, numbers.totalRequests - before.performance.totalRequests) / seconds);
    push(lists.wait, numbers.p95ResponseTime);
  }
  var rate = lists.rate[lists.rate.length - 1];
  var isRead = stats.hits + stats.misses > 0;
  say('rate', isRead ? percent(rate === undefined ? stats.hitRate : rate) : '\\u2013');
  say('rate-all', !isRead ? 'Nothing was read yet.' : percent(stats.hitRate) + ' since start: ' + several(stats.hits, 'hit', 'hits') + ', ' + several(stats.misses, 'miss', 'misses'));
  var load = lists.load[lists.load.length - 1];
  say('load', count(load === undefined ? numbers.throughput : load));
  say('load-all', count(numbers.throughput) + ' a second over the last minute; ' + count(numbers.failedRequests) + ' failed since start');
  say('wait', isRead ? time(numbers.p95ResponseTime) : '\\u2013');
  say('wait-all', !isRead ? 'Nothing was read yet.' : 'or more; the slowest 1 % ' + time(numbers.p99ResponseTime) + ' or more. Since start, loading included.');
  trend('rate-trend', lists.rate, 1);
  trend('load-trend', lists.load);
  trend('wait-trend', lists.wait);
}

var TIERS = { l1: 'from this process', l2: 'from the store' };
function showTimes(list) {
  var shown = list.slice().sort(function (a, b) { return b.count - a.count; }).slice(0, 12);
  var names = shown.map(function (one) {
    var tier = TIERS[one.tier] || (one.operation === 'read' ? 'from its source' : '');
    return one.operation + (tier ? ' ' + tier : '');
  });
  fill('times', shown.map(function (one, at) {
    var row = element('tr');
    var isOneOfSeveral = names.indexOf(names[at]) !== names.lastIndexOf(names[at]);
    var name = element('th', names[at] + (isOneOfSeveral && one.strategy ? ' (' + one.strategy + ')' : ''));
    name.scope = 'row';
    row.append(name, element('td', count(one.count)), element('td', time(one.p50Ms)), element('td', time(one.p95Ms)), element('td', time(one.p99Ms)));
    return row;
  }));
  byId('no-times').hidden = shown.length > 0;
}
function showHot(list) {
  var most = list.length > 0 ? list[0].share : 1;
  fill('hot', list.map(function (one) {
    var row = element('tr');
    var name = element('th', one.isReference ? one.template + ' \\u00b7 ref ' + one.name : one.name);
    name.scope = 'row';
    var share = element('td');
    var bar = element('span');
    var part = element('i');
    bar.className = 'bar';
    bar.setAttribute('aria-hidden', 'true');
    part.style.width = Math.round((one.share / most) * 100) + '%';
    bar.append(part);
    var value = element('span', percent(one.share));
    value.className = 'value';
    share.append(bar, value);
    row.append(name, share);
    return row;
  }));
  byId('no-hot').hidden = list.length > 0;
}

function showDetails(state) {
  var journal = state.journal;
  rows('journal', [
    ['Behind the newest', journal.isBlind ? 'unknown' : time(journal.lagMs), journal.isBlind || journal.lagMs > 1000],
    ['Last heard of', journal.linkAgeMs === null ? 'never' : time(journal.linkAgeMs) + ' ago', journal.isBlind],
    ['Waiting to be recorded', count(journal.queued) + (journal.queued > 0 ? ', the oldest for ' + time(journal.queuedForMs) : ''), journal.queued > 0],
    ['Position', journal.position > 0 ? clock(journal.position / 1000) : 'none'],
    ['As a stamp', String(journal.position)],
    journal.refusal && ['Refused', journal.refusal, true]
  ]);
  var store = state.store;
  var breakers = Object.keys(state.breakers);
  rows('store', [
    ['Store (' + store.name + ')', store.connected ? 'connected' : 'not reached', !store.connected],
    store.pool.open > 0 && ['Connections busy', store.pool.busy + ' of ' + store.pool.open],
    store.memoryBytes !== null && ['Memory', size(store.memoryBytes) + (store.maxBytes ? ' of ' + size(store.maxBytes) : '')]
  ].concat(breakers.map(function (name) {
    return ['Breaker' + (breakers.length > 1 ? ' of ' + name : ''), state.breakers[name], state.breakers[name] !== 'closed'];
  }), [
    ['Held in this process', several(state.l1.entries, 'entry', 'entries') + ', ' + size(state.l1.bytes)],
    ['Dropped to make room', count(state.l1.evictions)]
  ]));
  var refreshes = state.refreshes;
  rows('work', [
    ['Loads for readers', count(state.counts.loads)],
    ['Loads in the background', count(state.counts.refreshes)],
    ['Readers that shared a load', count(state.counts.joined + state.counts.waited)],
    refreshes && ['Refreshes running', count(refreshes.running)],
    refreshes && ['Refreshes waiting', count(refreshes.queued)],
    refreshes && ['Refreshes dropped under load', count(refreshes.shed)]
  ]);
}
`;

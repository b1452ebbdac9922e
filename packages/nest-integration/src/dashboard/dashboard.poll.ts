/** Asks for the state, and decides what is said when there is none. Part of the page's one script. */
export const DASHBOARD_POLL = `
var EVERY_MS = 2000;
var WAIT_MS = 8000;
var UNTOLD = 'The process could not say how the cache is';
var token = null;
var timer = 0;
var isPaused = false;
var before = null;
var instances = [];
var lists = { rate: [], load: [], wait: [] };
/* Answers to questions of before are late, and for nobody. */
var turn = 0;

var stateUrl = location.pathname.replace(/\\/+$/, '') + '/state';

function ask(message) {
  token = null;
  turn++;
  clearTimeout(timer);
  before = null;
  instances = [];
  lists = { rate: [], load: [], wait: [] };
  byId('board').hidden = true;
  byId('actions').hidden = true;
  byId('ask').hidden = false;
  say('name', '');
  ['times', 'hot', 'journal', 'store', 'work', 'reasons'].forEach(function (id) { fill(id, []); });
  say('wrong', message || '');
  byId('token').focus();
}

function later(ms) {
  clearTimeout(timer);
  if (token !== null && !isPaused && !document.hidden) timer = setTimeout(poll, ms);
}

function silent(why) {
  byId('grid').classList.add('old');
  byId('banner').className = 'card banner critical';
  say('verdict', '\\u25a0 ' + why);
  say('meaning', (before ? 'The numbers below are of ' + clock(before.at) + '. ' : '') + 'This page keeps asking.');
  byId('reasons').hidden = true;
  reveal();
}

function reveal() {
  if (byId('ask').hidden) return;
  byId('ask').hidden = true;
  byId('board').hidden = false;
  byId('actions').hidden = false;
  byId('banner').focus(); /* it is what somebody came for, and read out first */
}

function showScope(state) {
  if (instances.indexOf(state.instance) < 0) instances.push(state.instance);
  say('name', state.namespace);
  say('scope', instances.length === 1
    ? 'This shows one process, ' + state.instance + ', not the fleet. Times are of ' + clock(state.at) + '.'
    : 'Answers come in turn from ' + instances.length + ' processes behind this address (now ' + state.instance + '). Each shows itself alone, not the fleet: open one by its own address to watch it.');
}

function show(state) {
  byId('grid').classList.remove('old');
  if (before && before.instance !== state.instance) before = null;
  showHealth(state);
  showScope(state);
  showRates(state, before, lists);
  showTimes(state.latencies);
  showHot(state.hotKeys);
  showDetails(state);
  before = state;
  reveal();
}

async function poll() {
  var mine = ++turn;
  var isAnswered = false;
  var headers = token ? { Authorization: 'Bearer ' + token } : {};
  try {
    var answer = await fetch(stateUrl, { headers: headers, cache: 'no-store', signal: AbortSignal.timeout(WAIT_MS) });
    if (mine !== turn) return;
    isAnswered = true;
    if (answer.status === 401 || answer.status === 403) return ask('This token is not accepted.');
    if (answer.status === 429) {
      if (before === null) return ask('Too many tries. Wait a minute, then try again.');
      silent('The process is asked too often');
      var seconds = Number(answer.headers.get('Retry-After')) || 10;
      return later(Math.max(EVERY_MS, Math.min(60, seconds) * 1000));
    }
    if (!answer.ok) silent(UNTOLD);
    else {
      var state = await answer.json();
      if (mine !== turn) return;
      show(state);
    }
  } catch (error) {
    if (mine !== turn) return;
    silent(isAnswered ? UNTOLD : 'No answer from the process');
  }
  later(EVERY_MS);
}

byId('ask').addEventListener('submit', function (event) {
  event.preventDefault();
  token = byId('token').value.trim();
  byId('token').value = '';
  if (!/^[!-~]*$/.test(token)) return ask('This token is not accepted.'); /* it fits into no header */
  isPaused = false;
  say('pause', 'Pause');
  byId('pause').setAttribute('aria-pressed', 'false');
  say('wrong', '');
  poll();
});
byId('forget').addEventListener('click', function () { ask(''); });
byId('pause').addEventListener('click', function () {
  isPaused = !isPaused;
  byId('pause').setAttribute('aria-pressed', String(isPaused));
  say('pause', isPaused ? 'Go on' : 'Pause');
  if (isPaused) clearTimeout(timer);
  else poll();
});
document.addEventListener('visibilitychange', function () {
  if (document.hidden) clearTimeout(timer);
  else if (token !== null && !isPaused) poll();
});
byId('token').focus();
`;

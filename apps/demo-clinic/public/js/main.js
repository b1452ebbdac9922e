import { Refused, Unreachable } from './api.js';
import { ChangeForm } from './change-form.js';
import { Deletion } from './deletion.js';
import { byId } from './dom.js';
import { drawVerdict, hammer } from './hammer.js';
import { Login } from './login.js';
import { PatientList } from './patient-list.js';
import { PatientView } from './patient-view.js';
import { ReadLog } from './read-log.js';
import { drawRing } from './ring.js';
import { startTheme } from './theme.js';
import { drawTable, drawTimeline } from './timeline.js';
import { WriteCheck } from './write-check.js';

const AUTO_READ_MS = 1000;

const log = new ReadLog();
const list = new PatientList(choose, showError);
const form = new ChangeForm();
const login = new Login(byId('login'), () => void changeDesk());
const deletion = new Deletion(login, (id) => void showDeleted(id));
const view = new PatientView(
  log,
  form,
  (id) => list.clinicName(id),
  (patient) => void deletion.show(patient),
);
const check = new WriteCheck(byId('check'));
let busy = false;

function explain(error) {
  if (error instanceof Unreachable) return 'The server does not answer. Is it still running?';
  return error instanceof Refused ? `The server refused: ${error.message}.` : error.message;
}

function showError(error, retry) {
  const banner = byId('banner');
  banner.querySelector('p').textContent = explain(error);
  banner.querySelector('button').onclick = () => {
    banner.hidden = true;
    retry();
  };
  banner.hidden = false;
  byId('auto').checked = false;
}

/** One thing at a time: what a button starts ends before the next begins. */
async function alone(work) {
  if (busy || view.id === null) return;
  busy = true;
  document.body.classList.add('busy');
  try {
    await work();
    byId('banner').hidden = true;
  } catch (error) {
    showError(error, () => alone(work));
  } finally {
    busy = false;
    document.body.classList.remove('busy');
  }
}

async function aloneWithPatient(work) {
  const { id, patient } = view;
  if (patient !== null) await alone(() => work(id));
}

/** Also whoever is shown already: on a phone they are below the list. */
async function choose(id) {
  if (location.hash === `#${id}`) await openFromAddress();
  else location.hash = id;
}

async function openFromAddress() {
  const id = location.hash.slice(1);
  // The link that skips to the patient.
  if (id === 'main') return;
  list.select(id === '' ? null : id);
  check.clear();
  form.show([]);
  byId('verdict').replaceChildren();
  if (matchMedia('(max-width: 899px)').matches && id !== '') byId('picker').open = false;
  try {
    await view.open(id === '' ? null : id);
  } catch (error) {
    showError(error, openFromAddress);
  }
}

// What is begun with one patient ends with them, even if another one is chosen meanwhile.
async function save(id) {
  const patch = form.changes(view.patient);
  if (patch === null) return;
  try {
    await check.run(
      () => view.write(patch, id),
      () => view.readProfile(id),
    );
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    check.clear();
    form.show(error.fields.length > 0 ? error.fields : [{ field: '', problem: error.message }]);
  }
}

async function runHammer(id) {
  const button = byId('hammer');
  const text = button.textContent;
  try {
    const result = await hammer({
      read: () => view.peek(id),
      write: (patch) => view.write(patch, id),
      phone: view.patient.phone,
      onProgress: (done, of) => (button.textContent = `${done} of ${of} reads`),
    });
    drawVerdict(byId('verdict'), result);
    await view.readProfile(id);
  } finally {
    button.textContent = text;
  }
}

/** Somebody else is at the desk: what is on the page is read anew for them. */
async function changeDesk() {
  await list.load([null]);
  await openFromAddress();
}

/** The patient is gone: the receipt stands where they stood. */
async function showDeleted(id) {
  if (view.id !== id) return;
  history.replaceState(null, '', location.pathname);
  await view.open(null);
  byId('empty').hidden = true;
  byId('receipt').hidden = false;
  byId('receipt').scrollIntoView({ block: 'nearest' });
  list.select(null);
  await list.load(list.cursors);
}

let drawing = false;

/** Draws what happened, at most once a frame: drawing after each of many reads would slow down the next ones. */
function drawLater() {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    draw();
  });
}

function draw() {
  drawTimeline(byId('timeline'), log.entries);
  drawRing(byId('ring'), log);
  if (byId('as-table').open) drawTable(byId('timeline-table'), log.entries);
}

log.addEventListener('change', drawLater);
byId('as-table').addEventListener('toggle', draw);
byId('read').addEventListener('click', () => alone(() => view.read()));
byId('hammer').addEventListener('click', () => aloneWithPatient(runHammer));
byId('change').addEventListener('submit', (event) => {
  event.preventDefault();
  void aloneWithPatient(save);
});
setInterval(() => {
  if (byId('auto').checked && view.patient !== null && !document.hidden)
    void alone(() => view.readProfile());
}, AUTO_READ_MS);
addEventListener('hashchange', openFromAddress);

startTheme(byId('theme'));
draw();
try {
  await login.start();
} catch (error) {
  showError(error, () => location.reload());
}
await list.start();
await openFromAddress();

import { answerParent } from '../running/child-message.js';
import { runRace, type RaceTask } from './race.task.js';

/** A race in a process of its own: a cache that hangs or breaks there harms nobody. */
await answerParent((task) => runRace(JSON.parse(task) as RaceTask));

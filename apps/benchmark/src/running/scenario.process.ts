import { answerParent } from './child-message.js';
import { runScenario, type ScenarioTask } from './scenario.task.js';

/** A scenario in a process of its own: what one leaves behind, on the heap or broken, does not meet the next. */
await answerParent((task, tell) => runScenario(JSON.parse(task) as ScenarioTask, tell));

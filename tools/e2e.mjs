// Old syntax only: an outdated Node must be able to read this file and say what it lacks.
import './bootstrap/require-node.mjs';

import('./bootstrap/e2e.mjs')
  .then(function (module) {
    return module.e2e();
  })
  .catch(function (error) {
    console.error(error && error.stack ? error.stack : error);
    process.exitCode = 1;
  });

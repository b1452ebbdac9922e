// Old syntax only: an outdated Node must be able to read this file and say what it lacks.
import './bootstrap/require-node.mjs';

import('./bootstrap/docs.mjs')
  .then(function (module) {
    return module.docs(process.argv.slice(2));
  })
  .catch(function (error) {
    console.error(error && error.stack ? error.stack : error);
    process.exitCode = 1;
  });

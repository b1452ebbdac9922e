// Input of the `integration` target: results made without a server are not replayed once there is one.
import { findStores } from './stores.mjs';

console.log(JSON.stringify(findStores()));

// Runs the functions of script-host.lua for its parent. In a process of its own: wasmoon imports in a way that Jest can't.
import { readFileSync } from 'node:fs';

import { LuaFactory } from 'wasmoon';

const lua = await new LuaFactory().createEngine({ enableProxy: false });
await lua.doString(readFileSync(new URL('script-host.lua', import.meta.url), 'utf8'));

process.on('message', ({ name, args }) => {
  try {
    process.send({ result: lua.global.get(name)(...args) ?? null });
  } catch (error) {
    process.send({ error: error.message });
  }
});
process.send({ result: await lua.doString('return _VERSION') });

import { aptInstall, canInstall } from './apt.mjs';
import { onPath, say, seconds } from './process.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The Chromium that the tests find, too; undefined if there is none. */
export const findChromium = () =>
  process.env.CHROMIUM_PATH || NAMES.map(onPath).find((file) => file !== undefined);

/** Makes sure that there is one, where that is possible. */
export async function provideChromium() {
  if (findChromium() === undefined && canInstall()) {
    const started = performance.now();
    say('Installing chromium with apt-get (none found)');
    const { code, output } = await aptInstall('chromium');
    if (code === 0) say(`Installed chromium in ${seconds(started)}`);
    else console.error(output);
  }
  const found = findChromium();
  if (found !== undefined) return say(`Chromium: ${found}`);
  const command =
    process.platform === 'darwin'
      ? 'brew install --cask chromium'
      : 'sudo apt-get install -y chromium';
  say(`No Chromium: the tests in it are skipped. This would provide it: ${command}`);
  say('Or set CHROMIUM_PATH to a Chromium or Chrome.');
}

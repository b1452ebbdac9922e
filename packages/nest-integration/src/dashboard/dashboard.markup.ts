/** The body of the page: headings and places for values, and no data. */
export const DASHBOARD_MARKUP = `
<header>
  <h1>Cache</h1>
  <p class="name" id="name"></p>
  <div class="actions" id="actions" hidden>
    <button type="button" id="pause" aria-pressed="false">Pause</button>
    <button type="button" id="forget">Forget token</button>
  </div>
</header>
<main>
  <form class="card" id="ask" autocomplete="off">
    <h2>Look at this cache</h2>
    <p class="hint">This page holds no data. It asks for it with a token, which stays in the memory of this tab and is gone when you close or reload it.</p>
    <label for="token">Token</label>
    <input id="token" type="password" autocomplete="off" spellcheck="false" autocapitalize="off" aria-describedby="hint wrong">
    <p class="hint" id="hint">CACHE_ADMIN_READ_TOKEN is enough. Leave it empty if this application has signed you in.</p>
    <p class="wrong" id="wrong" role="alert"></p>
    <button class="main" type="submit">Show the cache</button>
  </form>
  <noscript><p class="card">This page needs JavaScript to ask for data.</p></noscript>
  <div id="board" hidden>
    <section class="card banner" id="banner" aria-label="Health" aria-live="polite" tabindex="-1">
      <p><strong id="verdict"></strong></p>
      <p id="meaning"></p>
      <ul id="reasons" hidden></ul>
    </section>
    <p class="scope" id="scope"></p>
    <div class="grid" id="grid">
      <section class="card" aria-labelledby="h-rate">
        <h2 id="h-rate">Hit rate</h2>
        <p class="big" id="rate"></p>
        <svg class="trend" id="rate-trend" viewBox="0 0 100 40" preserveAspectRatio="none" aria-hidden="true"></svg>
        <p class="hint" id="rate-all"></p>
      </section>
      <section class="card" aria-labelledby="h-load">
        <h2 id="h-load">Requests per second</h2>
        <p class="big" id="load"></p>
        <svg class="trend" id="load-trend" viewBox="0 0 100 40" preserveAspectRatio="none" aria-hidden="true"></svg>
        <p class="hint" id="load-all"></p>
      </section>
      <section class="card" aria-labelledby="h-wait">
        <h2 id="h-wait">Slowest 5 % of requests</h2>
        <p class="big" id="wait"></p>
        <svg class="trend" id="wait-trend" viewBox="0 0 100 40" preserveAspectRatio="none" aria-hidden="true"></svg>
        <p class="hint" id="wait-all"></p>
      </section>
      <section class="card wide" aria-labelledby="h-times">
        <h2 id="h-times">How long requests take</h2>
        <div class="scroll" tabindex="0" role="region" aria-labelledby="h-times">
          <table><thead><tr><th scope="col">Request</th><th scope="col">Count</th><th scope="col">p50</th><th scope="col">p95</th><th scope="col">p99</th></tr></thead><tbody id="times"></tbody></table>
        </div>
        <p class="none" id="no-times">Nothing is measured yet.</p>
      </section>
      <section class="card wide" aria-labelledby="h-hot">
        <h2 id="h-hot">Read most, while this page is open</h2>
        <div class="scroll" tabindex="0" role="region" aria-labelledby="h-hot">
          <table><thead><tr><th scope="col">Key</th><th scope="col">Share of reads</th></tr></thead><tbody id="hot"></tbody></table>
        </div>
        <p class="none" id="no-hot">No reads since the page was opened.</p>
      </section>
      <section class="card" aria-labelledby="h-journal">
        <h2 id="h-journal">Invalidations</h2>
        <dl id="journal"></dl>
      </section>
      <section class="card" aria-labelledby="h-store">
        <h2 id="h-store">Store and connections</h2>
        <dl id="store"></dl>
      </section>
      <section class="card" aria-labelledby="h-work">
        <h2 id="h-work">Loading and refreshing</h2>
        <dl id="work"></dl>
      </section>
    </div>
  </div>
</main>
`;

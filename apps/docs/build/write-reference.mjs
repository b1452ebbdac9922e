import { join } from 'node:path';

import { Application, Converter } from 'typedoc';
import { MarkdownPageEvent } from 'typedoc-plugin-markdown';

import { moduleNames } from './module-names.mjs';

/** Writes a page for each module, from the TSDoc of what it exports. */
export async function writeReference(root, target) {
  const entries = moduleNames(root);
  const app = await Application.bootstrapWithPlugins({
    plugin: ['typedoc-plugin-markdown'],
    entryPoints: entries.map(([, file]) => join(root, file)),
    tsconfig: join(root, 'apps/docs/tsconfig.reference.json'),
    basePath: root,
    out: target,
    router: 'module',
    logLevel: 'Error',
    readme: 'none',
    disableSources: true,
    excludePrivate: true,
    excludeInternal: true,
    skipErrorChecking: true,
    githubPages: false,
    hideBreadcrumbs: true,
    hidePageHeader: true,
    entryFileName: 'index',
    validation: false,
    parametersFormat: 'table',
    interfacePropertiesFormat: 'table',
    propertyMembersFormat: 'table',
    typeDeclarationFormat: 'table',
    enumMembersFormat: 'table',
    sanitizeComments: true,
  });
  const names = new Map(entries.map(([name, file]) => [moduleOf(file), name]));
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.children ?? [])
      module.name = names.get(module.name) ?? module.name;
  });
  app.renderer.on(MarkdownPageEvent.END, (page) => {
    page.contents = `---\neditLink: false\noutline: [2, 3]\n---\n\n${page.contents}`;
  });
  const project = await app.convert();
  if (!project) throw new Error('The sources could not be read.');
  await app.outputs.writeOutput({ name: 'markdown', path: target }, project);
}

/** As typedoc names the module of a file. */
const moduleOf = (file) => file.replace(/(\/index)?\.ts$/, '');

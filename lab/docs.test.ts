/** Links in the documents lead somewhere. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import { projectPath } from './project.ts';

const documents = ['README.md', ...globSync('docs/**/*.md', { cwd: projectPath() })];

function withoutCode(markdown: string): string {
  return markdown.replaceAll(/^```[^]*?^```/gm, '').replaceAll(/`[^`\n]*`/g, '');
}

/** The anchors that GitHub gives to headings. Of two with the same text only the first is found. */
function anchorsIn(markdown: string): string[] {
  const headings = markdown.replaceAll(/^```[^]*?^```/gm, '').matchAll(/^#{1,6} +(.+)$/gm);
  return [...headings].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

for (const document of documents) {
  void t.test(`${document}: every relative link leads to a file, and to a heading of it`, async (t) => {
    const text = readFileSync(projectPath(document), 'utf8');
    for (const [, link = ''] of withoutCode(text).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)) {
      const [path = '', anchor] = link.split('#');
      const file = path === '' ? projectPath(document) : join(dirname(projectPath(document)), path);
      t.ok(existsSync(file), link);
      if (anchor !== undefined && existsSync(file)) {
        t.ok(anchorsIn(readFileSync(file, 'utf8')).includes(anchor), link);
      }
    }
  });
}

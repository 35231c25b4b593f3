import { isBlock, isContent } from './syntax-tree.ts';

const TOLD = /^\u{E000}(\d+)\u{E001}/u;

/** Puts each line's number at its start, in characters for private use, all through a template's tree. */
export function numberLines(program: hbs.AST.Program): hbs.AST.Program {
  for (const node of program.body) {
    if (isContent(node)) numberContent(node);
    if (isBlock(node)) {
      numberLines(node.program);
      if (node.inverse) numberLines(node.inverse);
    }
  }
  return program;
}

function indent(text: string): string {
  return text.slice(0, text.length - text.trimStart().length);
}

function numberContent(node: hbs.AST.ContentStatement): void {
  const original = String(node.original);
  // Handlebars has cut white space at the start of a text that follows a block on a line of its own.
  const cut = node.value.trim() === '' ? 0 : indent(original).length - indent(node.value).length;
  let line = node.loc.start.line + original.slice(0, cut).split('\n').length - 1;
  node.value = node.value.replace(/\n/g, () => `\n\u{E000}${++line}\u{E001}`);
}

/** The template's line (from 1) of a line (from 1) of a text whose lines are numbered, or of the nearest above it. */
export function toldLine(numbered: string, outputLine: number): number {
  const above = numbered.split('\n').slice(0, outputLine).reverse();
  return Number(above.map((line) => TOLD.exec(line)?.[1]).find((line) => line !== undefined) ?? 1);
}

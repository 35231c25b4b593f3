import { isAboutSubscriber, type Pattern, SubscriberExpressions } from './subscriber-expressions.ts';
import {
  argumentsOf,
  type Call,
  isBlock,
  isContent,
  isMustache,
  isPath,
  isSubExpression,
  mustache,
  nameOf,
  numberLiteral,
} from './syntax-tree.ts';
import { placeOf, templateProblem } from './template-problem.ts';

/** The blocks of the edition pass. */
export const BLOCKS: ReadonlySet<string> = new Set(['if', 'unless', 'each', 'with']);

/** The helper that the tree calls, in place of what is left to the subscriber's pass; no template can call it. */
export const SLOT = 'slot';

/** What a walk is told about the file it walks over. */
export interface SeparationRules {
  readonly file: string;
  /** `html` refuses `{{{…}}}`. */
  readonly kind: 'html' | 'text';
  /** The helpers of the edition pass that a template may call. */
  readonly helpers: ReadonlySet<string>;
}

/**
 * The walk over a template's tree that tells what is about the edition from what is about the subscriber. Each
 * expression and each end of a condition about the subscriber becomes `{{slot N value…}}`, N being the place of
 * its pattern in {@link Separation.patterns}; what a condition holds stays, and is filled in once for everybody.
 */
export class Separation {
  readonly patterns: Pattern[] = [];
  readonly #rules: SeparationRules;
  readonly #expressions: SubscriberExpressions;

  constructor(rules: SeparationRules) {
    this.#rules = rules;
    this.#expressions = new SubscriberExpressions(rules.file);
  }

  /**
   * Changes the tree in place.
   * @throws Problem (`bad_input`) with file and line for what a template may not do.
   */
  separate(program: hbs.AST.Program): hbs.AST.Program {
    program.body = program.body.flatMap((node) => this.#statement(node));
    return program;
  }

  #statement(node: hbs.AST.Statement): hbs.AST.Statement[] {
    if (isContent(node)) return [node];
    if (node.type === 'CommentStatement') return [];
    if (isMustache(node)) return [this.#mustache(node)];
    if (isBlock(node)) return this.#block(node);
    throw this.#problem(node, 'partials and decorators ({{> …}}, {{* …}}) do not exist here.');
  }

  #mustache(node: hbs.AST.MustacheStatement): hbs.AST.Statement {
    if (!node.escaped && this.#rules.kind === 'html')
      throw this.#problem(node, 'write {{…}}: {{{…}}} would print text as HTML.');
    const values: hbs.AST.Expression[] = [];
    if (isAboutSubscriber(node.path)) {
      if (node.params.length > 0) throw this.#problem(node, `there is no helper "${nameOf(node)}".`);
      return this.#slot(node, this.#expressions.value(node.path, values), values);
    }
    if (argumentsOf(node).some(isAboutSubscriber))
      return this.#slot(node, this.#expressions.call(node, values), values);
    if (argumentsOf(node).length > 0) this.#needHelper(node, this.#rules.helpers);
    else if (this.#rules.helpers.has(nameOf(node)))
      throw this.#problem(
        node,
        `"${nameOf(node)}" is a helper and needs a value; a field of that name is written this.${nameOf(node)}.`,
      );
    this.#check([node.path, ...argumentsOf(node)]);
    return node;
  }

  #block(node: hbs.AST.BlockStatement): hbs.AST.Statement[] {
    if (isAboutSubscriber(node.path) || argumentsOf(node).some(isAboutSubscriber))
      return this.#condition(node);
    this.#needHelper(node, BLOCKS);
    this.#check(argumentsOf(node));
    this.separate(node.program);
    if (node.inverse) this.separate(node.inverse);
    return [node];
  }

  #condition(node: hbs.AST.BlockStatement): hbs.AST.Statement[] {
    const values: hbs.AST.Expression[] = [];
    const open = this.#slot(node, ['#', ...this.#expressions.condition(node, values)], values);
    const otherwise = node.inverse
      ? [this.#slot(node, ['else'], []), ...this.separate(node.inverse).body]
      : [];
    return [
      open,
      ...this.separate(node.program).body,
      ...otherwise,
      this.#slot(node, [`/${nameOf(node)}`], []),
    ];
  }

  #slot(node: hbs.AST.Node, pattern: Pattern, values: hbs.AST.Expression[]): hbs.AST.Statement {
    this.#check(values);
    const index = this.patterns.push(pattern) - 1;
    return mustache(SLOT, [numberLiteral(index, node.loc), ...values], node.loc);
  }

  #needHelper(node: Call, helpers: ReadonlySet<string>): void {
    if (!helpers.has(nameOf(node))) throw this.#problem(node, `there is no helper "${nameOf(node)}".`);
  }

  /** Refuses names of JavaScript's own, and has Handlebars be strict about arguments, not only about `{{name}}`. */
  #check(expressions: readonly hbs.AST.Expression[]): void {
    for (const node of expressions) {
      if (isSubExpression(node)) {
        this.#needHelper(node, this.#rules.helpers);
        this.#check(argumentsOf(node));
      } else if (isPath(node)) {
        const foreign = node.parts.find((part) => part in Object.prototype || part === SLOT);
        if (foreign !== undefined) throw this.#problem(node, `"${foreign}" is not known here.`);
        Object.assign(node, { strict: true });
      }
    }
  }

  #problem(node: hbs.AST.Node, what: string): Error {
    return templateProblem(placeOf(this.#rules.file, node), what);
  }
}

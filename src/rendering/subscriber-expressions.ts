import { argumentsOf, type Call, isPath, isSubExpression, nameOf } from './syntax-tree.ts';
import { placeOf, templateProblem } from './template-problem.ts';

/** What a template may say about the subscriber; everything else belongs to the edition. */
const SUBSCRIBER_PATHS: readonly string[] = [
  'subscriber.email',
  'subscriber.name',
  'subscriber.firstName',
  'links.unsubscribe',
  'links.web',
  'recipient.relatedIds',
];

const ROOTS = new Set(['subscriber', 'links', 'recipient']);
const HELPERS = ['eq', 'not', 'and', 'or', 'includes'];
const CONDITIONS = ['if', 'unless'];

/** Source of an expression: text, and numbers that stand for values which the edition pass fills in. */
export type Pattern = readonly (string | number)[];

/** `subscriber.name` of `subscriber.name`, `../subscriber.name` and `@root.subscriber.name`; else null. */
function subscriberPath(node: hbs.AST.Node): string | null {
  if (!isPath(node)) return null;
  const parts = node.data ? (node.parts[0] === 'root' ? node.parts.slice(1) : []) : node.parts;
  return ROOTS.has(parts[0] ?? '') ? parts.join('.') : null;
}

/** Whether an expression says anything about the subscriber, at any depth. */
export function isAboutSubscriber(node: hbs.AST.Node): boolean {
  if (subscriberPath(node) !== null) return true;
  return isSubExpression(node) && argumentsOf(node).some(isAboutSubscriber);
}

/** Writes expressions about the subscriber for the second pass. */
export class SubscriberExpressions {
  readonly #file: string;

  /** @param file the template's file, for messages. */
  constructor(file: string) {
    this.#file = file;
  }

  /**
   * The pattern of a value or of an argument. Parts that belong to the edition are added to `values`, to be worked
   * out in the edition pass where they stand (inside its loops), and appear in the pattern as their index.
   * @throws Problem when the second pass does not have the variable or helper.
   */
  value(node: hbs.AST.Expression, values: hbs.AST.Expression[]): Pattern {
    const path = subscriberPath(node);
    if (path !== null) return [this.#known(node, path)];
    if (!isSubExpression(node) || !isAboutSubscriber(node)) return [values.push(node) - 1];
    return ['(', ...this.call(node, values), ')'];
  }

  /** The same for a helper's call, without brackets: `includes recipient.relatedIds 0`. */
  call(node: Call, values: hbs.AST.Expression[]): Pattern {
    return this.#call(node, values, HELPERS);
  }

  /** The same for a block, which can only be a condition: `if subscriber.name`. */
  condition(node: Call, values: hbs.AST.Expression[]): Pattern {
    return this.#call(node, values, CONDITIONS);
  }

  #known(node: hbs.AST.Expression, path: string): string {
    if (SUBSCRIBER_PATHS.includes(path)) return path;
    throw templateProblem(
      placeOf(this.#file, node),
      `"${path}" is not known; about a subscriber there are ${SUBSCRIBER_PATHS.join(', ')}.`,
    );
  }

  #call(node: Call, values: hbs.AST.Expression[], allowed: readonly string[]): Pattern {
    const name = nameOf(node);
    if (!allowed.includes(name))
      throw templateProblem(
        placeOf(this.#file, node),
        `"${name}" cannot be used on what differs from subscriber to subscriber; here only ${allowed.join(', ')} can.`,
      );
    if (node.hash && node.hash.pairs.length > 0)
      throw templateProblem(placeOf(this.#file, node), `"${name}" takes no named arguments here.`);
    return [name, ...node.params.flatMap((param) => [' ', ...this.value(param, values)])];
  }
}

/** Handlebars' syntax tree: its nodes told apart, and what they have in common. */

export function isContent(node: hbs.AST.Node): node is hbs.AST.ContentStatement {
  return node.type === 'ContentStatement';
}

export function isMustache(node: hbs.AST.Node): node is hbs.AST.MustacheStatement {
  return node.type === 'MustacheStatement';
}

export function isBlock(node: hbs.AST.Node): node is hbs.AST.BlockStatement {
  return node.type === 'BlockStatement';
}

export function isPath(node: hbs.AST.Node): node is hbs.AST.PathExpression {
  return node.type === 'PathExpression';
}

export function isSubExpression(node: hbs.AST.Node): node is hbs.AST.SubExpression {
  return node.type === 'SubExpression';
}

/** Helper calls, sub-expressions and blocks alike: a path with arguments. */
export interface Call extends hbs.AST.Node {
  readonly path: hbs.AST.Node;
  readonly params: readonly hbs.AST.Expression[];
  readonly hash?: hbs.AST.Hash | undefined;
}

/** The name that a call is made by, empty when it is no name. */
export function nameOf(call: Call): string {
  return isPath(call.path) ? call.path.original : '';
}

/** A call's positional and named arguments. */
export function argumentsOf(call: Call): hbs.AST.Expression[] {
  return [...call.params, ...(call.hash?.pairs ?? []).map((pair) => pair.value)];
}

/** `{{name argument…}}` as a node that stands where `loc` says. */
export function mustache(
  name: string,
  params: hbs.AST.Expression[],
  loc: hbs.AST.SourceLocation,
): hbs.AST.MustacheStatement {
  return {
    type: 'MustacheStatement',
    path: { type: 'PathExpression', data: false, depth: 0, parts: [name], original: name, loc },
    params,
    hash: { type: 'Hash', pairs: [], loc },
    escaped: true,
    strip: { open: false, close: false },
    loc,
  };
}

/** A number written in the tree. */
export function numberLiteral(value: number, loc: hbs.AST.SourceLocation): hbs.AST.NumberLiteral {
  return { type: 'NumberLiteral', value, original: value, loc };
}

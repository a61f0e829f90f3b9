/**
 * `$(VAR)` in commands, arguments and values, as in Kubernetes (third_party/forked/golang/expansion): an unknown name
 * stays as it is, and `$$` is a dollar sign that expands nothing.
 */
export function expand(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(/\$\$|\$\(([^()]*)\)/g, (match, name: string | undefined) => {
    if (name === undefined) return '$';
    return Object.hasOwn(variables, name) ? variables[name]! : match;
  });
}

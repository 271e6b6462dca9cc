/** How often `-v` was given: `-v`, `-vv` and `-v -v`, and `--verbose` once. */
export function verbosity(args: readonly string[] = process.argv.slice(2)): number {
  const end = args.indexOf('--')
  return (end === -1 ? args : args.slice(0, end)).reduce((sum, arg) => {
    if (arg === '--verbose') return sum + 1
    return /^-v+$/.test(arg) ? sum + arg.length - 1 : sum
  }, 0)
}

import { quote, quotePattern } from './shell-quote.ts'
import type { Position } from './position.ts'

/** Exit codes of the script, beside those of the tools it runs. */
export const SCRIPT_EXITS = { changed: 75, ambiguous: 64, special: 65, missing: 66, denied: 77 } as const

/**
 * Runs on the server with nothing but POSIX tools and `head -c`. Arguments: offset, bytes and sums of the proof, marker,
 * seconds between looks, then the path (more than one means that a pattern was ambiguous). Output, each line
 * `<marker> <word> <number>` and then bytes:
 *
 *     rest N     N bytes: of the file that was being read, from the offset on; then of each later one, from its start
 *     lost N     the file that was being read cannot be found; N is the size of the one that has its name
 *     live N     the file from offset N on, once it is that long, until the connection ends or another file has the name
 *
 * Ends with 75 when the name belongs to another file, or the file was cut: the next connection sorts that out.
 */
const SCRIPT = `
o=$1 k=$2 s=$3 c=$4 mark=$5 wait=$6
shift 6
[ $# -eq 1 ] || { echo "rrtail: the pattern matches $# files" >&2; exit ${SCRIPT_EXITS.ambiguous}; }
f=$1
case $f in -*) f=./$f ;; esac
[ -e "$f" ] || { echo "rrtail: $f: no such file" >&2; exit ${SCRIPT_EXITS.missing}; }
[ -r "$f" ] || { echo "rrtail: $f: permission denied" >&2; exit ${SCRIPT_EXITS.denied}; }
[ -f "$f" ] || { echo "rrtail: $f: not a regular file" >&2; exit ${SCRIPT_EXITS.special}; }
say() { printf '%s %s %s\\n' "$mark" "$1" "$2"; }
size() { wc -c <"$1" 2>/dev/null | tr -d ' '; }
inode() { ls -diL "$1" 2>/dev/null | sed 's/^ *\\([0-9]*\\) .*/\\1/;q'; }
has() { command -v "$1" >/dev/null 2>&1; }
sum() {
  if has sha256sum; then sha256sum
  elif has shasum; then shasum -a 256
  elif has openssl; then openssl dgst -sha256 -r
  else cksum
  fi | cut -d ' ' -f 1
}
raw() { tail -c "+$2" <"$1"; }
unpacked() {
  case $1 in
    *.gz) gzip -dc <"$1" | tail -c "+$2" ;;
    *.zst) zstd -dcq <"$1" | tail -c "+$2" ;;
    *.bz2) bzip2 -dc <"$1" | tail -c "+$2" ;;
    *.xz) xz -dc <"$1" | tail -c "+$2" ;;
    *) raw "$1" "$2" ;;
  esac 2>/dev/null
}
proven() {
  [ "$k" -eq 0 ] && return 0
  x=$($1 "$2" $((o - k + 1)) | head -c "$k" | sum)
  [ "$x" = "$s" ] || [ "$x" = "$c" ]
}
older() {
  found=
  IFS='
'
  set -f
  for g in $(set +f; ls -dtr "$f".[0-9]* "$f"-[0-9]* 2>/dev/null); do
    [ -f "$g" ] && [ -r "$g" ] || continue
    case $g in *.gz | *.zst | *.bz2 | *.xz) [ -e "\${g%.*}" ] && continue ;; esac
    if [ -z "$found" ]; then
      [ "$k" -gt 0 ] && proven unpacked "$g" || continue
      found=1 a=$((o + 1))
    else
      a=1
    fi
    m=$(unpacked "$g" "$a" | wc -c | tr -d ' ')
    say rest "$m"
    unpacked "$g" "$a" | head -c "$m"
  done
  [ -n "$found" ]
}
i=$(inode "$f")
n=$(size "$f")
if ! proven raw "$f"; then
  (older) || say lost "$n"
  o=0
fi
r=0
while [ "$(size "$f")" -lt "$o" ]; do
  [ $((r += 1)) -le 30 ] || exit ${SCRIPT_EXITS.changed}
  sleep "$wait"
done
say live "$o"
tail -c "+$((o + 1))" -f "$f" &
t=$!
trap 'kill "$t" 2>/dev/null' 0
trap 'exit 1' 1 2 13 15
while kill -0 "$t" 2>/dev/null; do
  sleep "$wait"
  j=$(inode "$f")
  [ -n "$j" ] || continue
  m=$(size "$f")
  [ "$j" = "$i" ] && [ "\${m:-0}" -ge "$n" ] && n=$m && continue
  [ "$j" = "$i" ] || sleep "$wait"
  exit ${SCRIPT_EXITS.changed}
done
wait "$t"
`

/** What {@link remoteCommand} needs besides the path and the position. */
export interface RemoteCommandOptions {
  /** Word at the start of each line of the reply; unguessable, so that file content cannot pass for one. */
  readonly marker: string
  /** Whether the remote shell expands the path. */
  readonly glob: boolean
  readonly checkIntervalMs: number
}

/** The one argument for ssh: works in every login shell that knows single quotes, runs in `sh`. */
export function remoteCommand(path: string, position: Position, options: RemoteCommandOptions): string {
  const { bytes, sha256, cksum } = position.proof()
  const seconds = String(options.checkIntervalMs / 1000)
  const words = [String(position.offset), String(bytes), sha256, cksum, options.marker, seconds]
  return `exec sh -c ${quote(SCRIPT)} rrtail ${words.map(quote).join(' ')} ${options.glob ? quotePattern(path) : quote(path)}`
}

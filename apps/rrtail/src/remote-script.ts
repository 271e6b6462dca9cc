import { quote, quotePattern } from './shell-quote.ts'
import type { Position } from './position.ts'

/** Exit codes of the script, beside those of the tools it runs. */
export const SCRIPT_EXITS = { changed: 75, ambiguous: 64, special: 65, missing: 66, denied: 77 } as const

/** Longest run of bytes under one line, so that a file that is cut meanwhile is noticed soon. */
const CHUNK_BYTES = 64 * 1024 * 1024
/** Up to here a file could be cut and grow again between two looks, so each look proves it again. */
const REGROWN_BYTES = 4 * 1024 * 1024
/** Short looks after the last growth, before the script waits for the next one at no cost. */
const HOT_LOOKS = 10
/** Looks in which a rotated file stays open to see whether somebody still writes to it. */
const LATE_LOOKS = 30
/** Looks in a row that found growth after which the name is checked all the same. */
const BUSY_LOOKS = 100

/**
 * Runs on the server with nothing but POSIX tools and `head -c`. Arguments: offset, bytes and sums of the proof, marker,
 * seconds between looks, file number (`-` when unknown), then the path (more than one means that a pattern was
 * ambiguous). Output: lines `<marker> <word> <value>`, and bytes where one says so:
 *
 *     name PATH  the path that is followed
 *     this I     what follows goes on in the file that was being read; its file number is I
 *     next I     what follows is from the start of the next file
 *     lost N     the file that was being read cannot be found; what follows is from the start of one of N bytes
 *     more N     N bytes follow
 *     idle N     nothing new: a sign of life
 *     late N     N bytes were written to the last file after the next one had begun
 *     bad NAME   a rotated file that cannot be unpacked here was left out
 *
 * The file in hand is opened once and read through its descriptor, so another file that takes its name meanwhile is
 * never mistaken for it. Bytes are copied by offset, never past a look at the size: a file that is cut gives nothing
 * instead of its start: by one `dd` where it counts in bytes, else by `tail` and `head`. `tail -f` only wakes the script. Ends with 75 when the file was cut, or files were renamed while
 * they were being read: the next connection sorts that out.
 */
const SCRIPT = `
o=$1 k=$2 s=$3 c=$4 mark=$5 wait=$6 id=$7
shift 7
[ $# -eq 1 ] || { echo "rrtail: the pattern matches $# files" >&2; exit ${SCRIPT_EXITS.ambiguous}; }
f=$1
case $f in -*) f=./$f ;; esac
LC_ALL=C
export LC_ALL
set -f
nl='
'
say() { printf '%s %s %s\\n' "$mark" "$1" "$2" || exit 1; }
pause() { sleep "$1" 2>/dev/null || sleep 1; }
tick() {
  { while sleep 3 || sleep 3; do say idle 0 >&9; done; } 9>&1 </dev/null >/dev/null 2>&1 &
  q=$!
}
tock() {
  kill "$q" 2>/dev/null
  wait "$q" 2>/dev/null
}
look() {
  IFS=' '
  set -- $(ls -dinL "$1" 2>/dev/null)
  i=$1 n=\${6:-0}
}
has() { command -v "$1" >/dev/null 2>&1; }
if has sha256sum; then sum=sha256sum
elif has shasum; then sum='shasum -a 256'
elif has openssl; then sum='openssl dgst -sha256 -r'
else sum=cksum
fi
digest() {
  IFS=' '
  x=$(head -c "$k" | $sum)
  printf %s "\${x%% *}"
}
unpack() {
  case $2 in
    *.gz) gzip -dc <"$1" ;;
    *.zst) zstd -dcq <"$1" ;;
    *.bz2) bzip2 -dc <"$1" ;;
    *.xz) xz -dc <"$1" ;;
    *) cat <"$1" ;;
  esac 2>/dev/null
}
from() {
  case $2 in
    *.gz | *.zst | *.bz2 | *.xz) unpack "$1" "$2" | tail -c "+$3" ;;
    *) tail -c "+$3" <"$1" ;;
  esac
}
dd=
[ -d /proc/self/fd ] && dd if=/dev/null iflag=skip_bytes,count_bytes count=0 2>/dev/null && dd=1
copy() {
  if [ -n "$dd" ]; then
    dd if="$1" bs=131072 iflag=skip_bytes,count_bytes skip="$2" count="$3" 2>/dev/null
  else
    tail -c "+$(($2 + 1))" <"$1" | head -c "$3"
  fi
}
proven() {
  [ "$k" -eq 0 ] && return 0
  x=$(from "$1" "$2" $((o - k + 1)) | digest)
  [ "$x" = "$s" ] || [ "$x" = "$c" ]
}
handle() { if [ -r "/dev/fd/$1" ]; then h=/dev/fd/$1; else h=$2; fi; }
siblings() {
  set +f
  case \${f##*/} in
    ?*.*) ls "$@" -- "$f".[0-9]* "$f"-[0-9]* "\${f%.*}"[.-][0-9]*."\${f##*.}"* ;;
    *) ls "$@" -- "$f".[0-9]* "$f"-[0-9]* ;;
  esac 2>/dev/null
  set -f
}
rotated() {
  case $1 in *.gz | *.zst | *.bz2 | *.xz) [ -e "\${1%.*}" ] && return 1 ;; esac
  [ "$1" != "$f" ] && [ -f "$1" ] && [ -r "$1" ]
}
find_old() {
  old=
  for g in $names; do
    rotated "$g" || continue
    exec 4<"$g"
    handle 4 "$g"
    look "$h"
    if [ "$i" = "$id" ] && proven "$h" "$g"; then
      old=$g
      return
    fi
    [ "$k" -gt 0 ] && proven "$h" "$g" && old=$g
  done
}
rest_of() {
  case $2 in
    *.gz | *.zst | *.bz2 | *.xz)
      tick
      unpack "$1" "$2" >/dev/null && n=$(unpack "$1" "$2" | wc -c) || n=
      tock
      [ -n "$n" ] || { say bad "$2"; return; }
      ;;
    *) look "$1" ;;
  esac
  n=$((n))
  [ "$n" -gt "$o" ] || return
  say more $((n - o))
  case $2 in
    *.gz | *.zst | *.bz2 | *.xz) from "$1" "$2" $((o + 1)) | head -c $((n - o)) ;;
    *) copy "$1" "$o" $((n - o)) ;;
  esac
  o=$n
}
old_ones() {
  begun= last=
  case $old in "$f"?*) family=$f ;; *) family=\${f%.*} ;; esac
  for g in $names; do
    [ "$g" = "$old" ] || [ -n "$begun" ] || continue
    [ "$g" != "$last" ] || continue
    case $g in "$family"*) ;; *) continue ;; esac
    [ "$g" = "$old" ] || rotated "$g" || continue
    exec 5<"$g"
    [ "$stamp" = "$(siblings -di)" ] || exit ${SCRIPT_EXITS.changed}
    handle 5 "$g"
    late=$h last=$g
    if [ -n "$begun" ]; then
      look "$late"
      say next "$i"
      o=0
    fi
    begun=1
    rest_of "$late" "$g"
  done
  at=$o
}
attach() {
  [ -e "$f" ] || { echo "rrtail: $f: no such file" >&2; exit ${SCRIPT_EXITS.missing}; }
  [ -r "$f" ] || { echo "rrtail: $f: permission denied" >&2; exit ${SCRIPT_EXITS.denied}; }
  [ -f "$f" ] || { echo "rrtail: $f: not a regular file" >&2; exit ${SCRIPT_EXITS.special}; }
  exec 3<"$f"
  handle 3 "$f"
  hand=$h hot=${HOT_LOOKS} busy=0 moved= lates=0 seal= far= next=
  look "$hand"
  now=$i
  if proven "$hand" "$f" && { [ "$id" = - ] || [ "$id" = "$now" ]; }; then
    if [ "$k" -eq 0 ]; then far=1; elif [ "$o" -lt ${REGROWN_BYTES} ]; then seal=$x; fi
    say this "$now"
    return
  fi
  stamp=$(siblings -di)
  IFS=$nl
  names=$(siblings -dtr)
  tick
  find_old
  tock
  [ "$stamp" = "$(siblings -di)" ] || exit ${SCRIPT_EXITS.changed}
  IFS=$nl
  look "$hand"
  if [ -n "$old" ]; then
    IFS=$nl
    old_ones
  elif [ -z "$late" ]; then
    proven "$hand" "$f" || { say lost "$n"; o=0; }
    say this "$now"
    return
  fi
  next=1 o=0
}
drain_late() {
  [ -n "$late" ] || return
  case $last in *.gz | *.zst | *.bz2 | *.xz) return ;; esac
  look "$late"
  [ "$n" -gt "$at" ] || return
  say "$1" $((n - at))
  [ "$1" = late ] || copy "$late" "$at" $((n - at))
  at=$n
}
begin_next() {
  drain_late more
  say next "$now"
  next=
}
move_on() {
  [ -z "$next" ] || begin_next
  id=$now k=$((o < 1024 ? o : 1024))
  s=$(from "$hand" - $((o - k + 1)) | digest) c=$s
  exec 5<&3
  handle 5 "$f"
  late=$h last=- at=$o
  attach
}
await() {
  sh -c 'echo $$; exec tail -c "+$1" -f "$2" 2>&1' sh $((o + 1)) "$hand" | {
    read -r t
    { sleep "$wait" || sleep 1; kill "$t"; } </dev/null >/dev/null 2>&1 &
    q=$!
    head -c 1 >/dev/null
    kill "$q" "$t"
  } 2>/dev/null
}
grown() {
  [ -z "$seal" ] || [ "$(from "$hand" - $((o - k + 1)) | digest)" = "$seal" ] || exit ${SCRIPT_EXITS.changed}
  if [ -n "$next" ]; then
    m=$n
    begin_next
    n=$m
  fi
  m=$((n - o))
  [ "$m" -le ${CHUNK_BYTES} ] || m=${CHUNK_BYTES}
  k=256 seal=
  [ $((o + m)) -ge "$k" ] || k=$((o + m))
  [ $((o + m)) -ge ${REGROWN_BYTES} ] || seal=$(from "$hand" - $((o + m - k + 1)) | digest)
  say more "$m"
  copy "$hand" "$o" "$m"
  o=$((o + m)) far= moved= hot=${HOT_LOOKS}
  [ "$m" -eq ${CHUNK_BYTES} ] || pause 0.1
  [ $((busy += 1)) -ge ${BUSY_LOOKS} ] || return
  busy=0
  look "$f"
  [ -z "$i" ] || [ "$i" = "$now" ] || move_on
}
quiet() {
  busy=0
  say idle "$n"
  if [ -n "$next" ]; then
    drain_late more
  elif [ -n "$late" ]; then
    drain_late late
    [ $((lates += 1)) -lt ${LATE_LOOKS} ] || { late=; exec 5<&-; }
  fi
  look "$f"
  if [ -n "$i" ] && [ "$i" != "$now" ]; then
    if [ -n "$moved" ]; then
      move_on
    else
      moved=1
      pause "$wait"
    fi
  elif [ "$hot" -gt 0 ]; then
    hot=$((hot - 1))
    pause 0.1
  else
    await
  fi
}
late= last=
say name "$f"
attach
while :; do
  look "$hand"
  if [ "$n" -gt "$o" ]; then
    grown
  elif [ "$n" -lt "$o" ] && [ -z "$far" ]; then
    exit ${SCRIPT_EXITS.changed}
  else
    quiet
  fi
done
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
  const file = position.fileId ?? '-'
  const words = [String(position.offset), String(bytes), sha256, cksum, options.marker, seconds, file]
  return `exec sh -c ${quote(SCRIPT)} rrtail ${words.map(quote).join(' ')} ${options.glob ? quotePattern(path) : quote(path)}`
}

;; Searches text for lines that hold one of up to eight sequences of byte sets, 32 places at a time. Of each sequence a
;; window of three bytes, its rarest, is looked up first ("Teddy", by Geoffrey Langdale, in Hyperscan and ripgrep): a
;; table per half of a byte gives for each place the sequences, as bits, that may have that byte there; the tables of
;; both halves and of all three bytes together leave few places. The third byte is looked at only where the first two
;; are; where all three are, the whole sequence is compared, set by set. Only around what is found then are the ends of
;; the line looked for: text in between is never taken apart.
;;
;;     0      window tables: low and high half of byte 0, of byte 1, of byte 2; 16 bytes each
;;     96     scratch: the sequences possible at each of 16 places
;;     112    where the last call left off (i32)
;;     116    1 for a single sequence (i32). Then instead of the window tables: which bits of a byte to set and what it is
;;            with them, for one byte and another one, 16 times each, and where these two are in the sequence (i32 each)
;;     128    per sequence 16 bytes: length, where its window is in it, address of its sets (i32 each)
;;     256    byte sets of 256 bits
;;     32768  the text, and at least 48 bytes of anything
;;
;; Places in the text are counted from its start, everything else is an address. Text is whole lines, of which the last
;; one may lack its newline.
;;
;; sequence-search-module.ts holds this as bytes; test/sequence-search-module.test.ts assembles it and compares.
(module
  (memory (export "memory") 8)

  ;; Writes where each line with a sequence entirely in it starts and ends (two i32) from $out on, at most up to
  ;; $outEnd, and returns how many there are; -1 when comparing took more than $patience bytes. $newline is 1 when the
  ;; newline that ends a line is part of it. The search goes on behind a line that was found.
  (func (export "search")
    (param $from i32) (param $to i32) (param $out i32) (param $outEnd i32) (param $newline i32) (param $patience i32)
    (result i32)
    (local $at i32) (local $found i32) (local $lineStart i32) (local $lineEnd i32)
    (local $places i32) (local $place i32) (local $sequences i32) (local $sequence i32) (local $mask i32)
    (local $start i32) (local $first i32) (local $end i32) (local $sets i32) (local $byte i32) (local $compared i32)
    (local $single i32) (local $offset0 i32) (local $offset1 i32) (local $newlines v128) (local $one v128)
    (local $low0 v128) (local $high0 v128) (local $low1 v128) (local $high1 v128) (local $low2 v128) (local $high2 v128)
    (local $nibble v128) (local $byte0 v128) (local $byte1 v128) (local $byte2 v128) (local $pairs v128) (local $hits v128)
    (local.set $low0 (v128.load offset=0 (i32.const 0)))
    (local.set $high0 (v128.load offset=16 (i32.const 0)))
    (local.set $low1 (v128.load offset=32 (i32.const 0)))
    (local.set $high1 (v128.load offset=48 (i32.const 0)))
    (local.set $low2 (v128.load offset=64 (i32.const 0)))
    (local.set $high2 (v128.load offset=80 (i32.const 0)))
    (local.set $nibble (i8x16.splat (i32.const 15)))
    (local.set $newlines (i8x16.splat (i32.const 10)))
    (local.set $one (i8x16.splat (i32.const 1)))
    (local.set $single (i32.load offset=116 (i32.const 0)))
    (local.set $offset0 (i32.load offset=64 (i32.const 0)))
    (local.set $offset1 (i32.load offset=68 (i32.const 0)))
    (local.set $at (local.get $from))
    (local.set $lineStart (local.get $from))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $to)))
        (if (local.get $single)
          (then
            ;; The two bytes at 32 places: as a rule there is nothing.
            (local.set $start (i32.add (local.get $at) (local.get $offset0)))
            (local.set $end (i32.add (local.get $at) (local.get $offset1)))
            (local.set $hits
              (v128.and
                (v128.and
                  (i8x16.eq (v128.or (v128.load offset=32768 (local.get $start)) (local.get $low0)) (local.get $high0))
                  (i8x16.eq (v128.or (v128.load offset=32768 (local.get $end)) (local.get $low1)) (local.get $high1)))
                (local.get $one)))
            (local.set $pairs
              (v128.and
                (i8x16.eq (v128.or (v128.load offset=32784 (local.get $start)) (local.get $low0)) (local.get $high0))
                (i8x16.eq (v128.or (v128.load offset=32784 (local.get $end)) (local.get $low1)) (local.get $high1))))
            (if (i32.eqz (v128.any_true (v128.or (local.get $hits) (local.get $pairs))))
              (then
                (local.set $at (i32.add (local.get $at) (i32.const 32)))
                (br $next))))
          (else
            ;; Two bytes of the window at 32 places: as a rule there is nothing.
            (local.set $byte0 (v128.load offset=32784 (local.get $at)))
            (local.set $byte1 (v128.load offset=32785 (local.get $at)))
            (local.set $hits
              (v128.and
                (v128.and
                  (i8x16.swizzle (local.get $low0) (v128.and (local.get $byte0) (local.get $nibble)))
                  (i8x16.swizzle (local.get $high0) (i8x16.shr_u (local.get $byte0) (i32.const 4))))
                (v128.and
                  (i8x16.swizzle (local.get $low1) (v128.and (local.get $byte1) (local.get $nibble)))
                  (i8x16.swizzle (local.get $high1) (i8x16.shr_u (local.get $byte1) (i32.const 4))))))
            (local.set $byte0 (v128.load offset=32768 (local.get $at)))
            (local.set $byte1 (v128.load offset=32769 (local.get $at)))
            (local.set $pairs
              (v128.and
                (v128.and
                  (i8x16.swizzle (local.get $low0) (v128.and (local.get $byte0) (local.get $nibble)))
                  (i8x16.swizzle (local.get $high0) (i8x16.shr_u (local.get $byte0) (i32.const 4))))
                (v128.and
                  (i8x16.swizzle (local.get $low1) (v128.and (local.get $byte1) (local.get $nibble)))
                  (i8x16.swizzle (local.get $high1) (i8x16.shr_u (local.get $byte1) (i32.const 4))))))
            (if (i32.eqz (v128.any_true (v128.or (local.get $hits) (local.get $pairs))))
              (then
                (local.set $at (i32.add (local.get $at) (i32.const 32)))
                (br $next)))
            ;; The third byte, at the first 16.
            (local.set $byte2 (v128.load offset=32770 (local.get $at)))
            (local.set $hits
              (v128.and
                (local.get $pairs)
                (v128.and
                  (i8x16.swizzle (local.get $low2) (v128.and (local.get $byte2) (local.get $nibble)))
                  (i8x16.swizzle (local.get $high2) (i8x16.shr_u (local.get $byte2) (i32.const 4))))))))
        (if (v128.any_true (local.get $hits))
          (then
            (v128.store offset=96 (i32.const 0) (local.get $hits))
            ;; A bit for every place where some sequence is possible.
            (local.set $places
              (i32.sub
                (i32.const 65535)
                (i8x16.bitmask (i8x16.eq (local.get $hits) (i8x16.splat (i32.const 0))))))
            (loop $nextPlace
              (local.set $place (i32.add (local.get $at) (i32.ctz (local.get $places))))
              (br_if $done (i32.ge_u (local.get $place) (local.get $to)))
              (local.set $sequences (i32.load8_u offset=96 (i32.ctz (local.get $places))))
              (loop $nextSequence
                (local.set $sequence (i32.shl (i32.ctz (local.get $sequences)) (i32.const 4)))
                (local.set $start (i32.sub (local.get $place) (i32.load offset=132 (local.get $sequence))))
                (local.set $end (i32.add (local.get $start) (i32.load offset=128 (local.get $sequence))))
                (block $differs
                  (br_if $differs (i32.lt_s (local.get $start) (local.get $lineStart)))
                  (br_if $differs (i32.gt_u (local.get $end) (local.get $to)))
                  (local.set $first (local.get $start))
                  (local.set $sets (i32.load offset=136 (local.get $sequence)))
                  (loop $nextByte
                    (local.set $byte (i32.load8_u offset=32768 (local.get $start)))
                    (local.set $compared (i32.add (local.get $compared) (i32.const 1)))
                    (br_if $differs
                      (i32.eqz
                        (i32.and
                          (i32.shr_u
                            (i32.load8_u (i32.add (local.get $sets) (i32.shr_u (local.get $byte) (i32.const 3))))
                            (i32.and (local.get $byte) (i32.const 7)))
                          (i32.const 1))))
                    (local.set $sets (i32.add (local.get $sets) (i32.const 32)))
                    (local.set $start (i32.add (local.get $start) (i32.const 1)))
                    (br_if $nextByte (i32.lt_u (local.get $start) (local.get $end))))
                  ;; Found. The line ends at the first newline, which must not be amid the sequence.
                  (local.set $lineEnd (local.get $first))
                  (block $hasEnd
                    (loop $nextBytes
                      (local.set $mask
                        (i8x16.bitmask
                          (i8x16.eq (v128.load offset=32768 (local.get $lineEnd)) (local.get $newlines))))
                      (br_if $hasEnd (local.get $mask))
                      (local.set $lineEnd (i32.add (local.get $lineEnd) (i32.const 16)))
                      (br_if $nextBytes (i32.lt_u (local.get $lineEnd) (local.get $to)))))
                  ;; $lineEnd is behind the newline, or behind the end of the text where the last line is open.
                  (local.set $lineEnd
                    (i32.add (local.get $lineEnd) (i32.add (i32.ctz (local.get $mask)) (i32.const 1))))
                  (br_if $differs
                    (i32.and
                      (i32.gt_u
                        (local.get $end)
                        (i32.sub (local.get $lineEnd) (i32.eqz (local.get $newline))))
                      (i32.le_u (local.get $lineEnd) (local.get $to))))
                  (if (i32.gt_u (local.get $lineEnd) (local.get $to)) (then (local.set $lineEnd (local.get $to))))
                  ;; It starts behind the last newline before the sequence.
                  (block $hasStart
                    (loop $previousBytes
                      (br_if $hasStart (i32.ge_s (local.get $lineStart) (local.get $first)))
                      (local.set $mask
                        (i8x16.bitmask
                          (i8x16.eq (v128.load offset=32752 (local.get $first)) (local.get $newlines))))
                      (if (local.get $mask)
                        (then
                          (local.set $first
                            (i32.sub
                              (i32.add (local.get $first) (i32.const 16))
                              (i32.clz (local.get $mask))))
                          (br $hasStart)))
                      (local.set $first (i32.sub (local.get $first) (i32.const 16)))
                      (br $previousBytes)))
                  (if (i32.gt_s (local.get $first) (local.get $lineStart))
                    (then (local.set $lineStart (local.get $first))))
                  (i32.store (local.get $out) (local.get $lineStart))
                  (i32.store offset=4 (local.get $out) (local.get $lineEnd))
                  (local.set $out (i32.add (local.get $out) (i32.const 8)))
                  (local.set $found (i32.add (local.get $found) (i32.const 1)))
                  (local.set $lineStart (local.get $lineEnd))
                  (local.set $at (local.get $lineEnd))
                  (br_if $next (i32.lt_u (local.get $out) (local.get $outEnd)))
                  (local.set $to (local.get $lineEnd))
                  (br $done))
                (local.set $compared (i32.add (local.get $compared) (i32.const 4)))
                (local.set $sequences
                  (i32.and (local.get $sequences) (i32.sub (local.get $sequences) (i32.const 1))))
                (br_if $nextSequence (local.get $sequences)))
              (local.set $places (i32.and (local.get $places) (i32.sub (local.get $places) (i32.const 1))))
              (br_if $nextPlace (local.get $places)))
            (if (i32.gt_u (local.get $compared) (local.get $patience)) (then (return (i32.const -1))))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $next)))
    (i32.store offset=112 (i32.const 0) (local.get $to))
    (local.get $found))

  ;; Writes where each line ends (i32), behind its newline and counted from $from, from $out on, at most up to $outEnd,
  ;; and returns how many there are.
  (func (export "lineEnds")
    (param $from i32) (param $to i32) (param $out i32) (param $outEnd i32) (result i32)
    (local $at i32) (local $count i32) (local $mask i32) (local $lineEnd i32) (local $end i32) (local $newlines v128)
    (local.set $newlines (i8x16.splat (i32.const 10)))
    (local.set $at (local.get $from))
    (local.set $end (local.get $from))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $to)))
        (local.set $mask
          (i8x16.bitmask (i8x16.eq (v128.load offset=32768 (local.get $at)) (local.get $newlines))))
        (block $noMore
          (loop $nextEnd
            (br_if $noMore (i32.eqz (local.get $mask)))
            (local.set $lineEnd
              (i32.add (i32.add (local.get $at) (i32.ctz (local.get $mask))) (i32.const 1)))
            ;; What lies behind the text is none of it.
            (br_if $done (i32.gt_u (local.get $lineEnd) (local.get $to)))
            (local.set $end (local.get $lineEnd))
            (i32.store (local.get $out) (i32.sub (local.get $end) (local.get $from)))
            (local.set $count (i32.add (local.get $count) (i32.const 1)))
            (local.set $out (i32.add (local.get $out) (i32.const 4)))
            (if (i32.ge_u (local.get $out) (local.get $outEnd))
              (then
                (i32.store offset=112 (i32.const 0) (local.get $end))
                (return (local.get $count))))
            (local.set $mask (i32.and (local.get $mask) (i32.sub (local.get $mask) (i32.const 1))))
            (br $nextEnd)))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $next)))
    ;; The last line may be open.
    (if (i32.lt_u (local.get $end) (local.get $to))
      (then
        (i32.store (local.get $out) (i32.sub (local.get $to) (local.get $from)))
        (local.set $count (i32.add (local.get $count) (i32.const 1)))))
    (i32.store offset=112 (i32.const 0) (local.get $to))
    (local.get $count))

  ;; Copies the runs of text whose starts and ends (two i32 each) lie between $runs and $runsEnd to $out, one behind the
  ;; other, and returns where they end. Up to 31 bytes behind that are overwritten.
  (func (export "gather")
    (param $runs i32) (param $runsEnd i32) (param $out i32) (result i32)
    (local $at i32) (local $end i32) (local $to i32)
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $runs) (local.get $runsEnd)))
        (local.set $at (i32.load (local.get $runs)))
        (local.set $end (i32.load offset=4 (local.get $runs)))
        (local.set $to (i32.add (local.get $out) (i32.sub (local.get $end) (local.get $at))))
        (block $copied
          (loop $nextBytes
            (br_if $copied (i32.ge_u (local.get $at) (local.get $end)))
            (v128.store (local.get $out) (v128.load offset=32768 (local.get $at)))
            (v128.store offset=16 (local.get $out) (v128.load offset=32784 (local.get $at)))
            (local.set $at (i32.add (local.get $at) (i32.const 32)))
            (local.set $out (i32.add (local.get $out) (i32.const 32)))
            (br $nextBytes)))
        (local.set $out (local.get $to))
        (local.set $runs (i32.add (local.get $runs) (i32.const 8)))
        (br $next)))
    (local.get $out)))

;; Searches lines for up to eight sequences of byte sets, 32 places at a time. Of each sequence a window of three bytes,
;; its rarest, is looked up first ("Teddy", by Geoffrey Langdale, in Hyperscan and ripgrep): a table per half of a byte
;; gives for each place the sequences, as bits, that may have that byte there; the tables of both halves and of all
;; three bytes together leave few places. The third byte is looked at only where the first two are; where all three
;; are, the whole sequence is compared, set by set.
;;
;;     0      window tables: low and high half of byte 0, of byte 1, of byte 2; 16 bytes each
;;     96     scratch: the sequences possible at each of 16 places
;;     128    per sequence 16 bytes: length, where its window is in it, address of its sets (i32 each)
;;     256    byte sets of 256 bits
;;     32768  the text, and at least 34 bytes of anything; behind that, at $ends, where each line ends (i32)
;;
;; Each line with a sequence entirely in it is written over $ends, which never gets ahead of what is read from there;
;; the search goes on behind that line. $newline is 1 when the newline that ends a line is part of it. The result is
;; the number of lines; -1 when comparing took more than $patience bytes.
;;
;; sequence-search-module.ts holds this as bytes; test/sequence-search-module.test.ts assembles it and compares.
(module
  (memory (export "memory") 8)
  (func (export "search")
    (param $to i32) (param $ends i32) (param $newline i32) (param $patience i32) (result i32)
    (local $at i32) (local $found i32) (local $line i32) (local $lineStart i32) (local $lineEnd i32)
    (local $testedEnd i32) (local $places i32) (local $place i32) (local $sequences i32) (local $sequence i32)
    (local $start i32) (local $end i32) (local $sets i32) (local $byte i32) (local $compared i32)
    (local $low0 v128) (local $high0 v128) (local $low1 v128) (local $high1 v128) (local $low2 v128) (local $high2 v128)
    (local $nibble v128) (local $byte0 v128) (local $byte1 v128) (local $byte2 v128) (local $pairs v128) (local $hits v128)
    (local.set $low0 (v128.load offset=0 (i32.const 0)))
    (local.set $high0 (v128.load offset=16 (i32.const 0)))
    (local.set $low1 (v128.load offset=32 (i32.const 0)))
    (local.set $high1 (v128.load offset=48 (i32.const 0)))
    (local.set $low2 (v128.load offset=64 (i32.const 0)))
    (local.set $high2 (v128.load offset=80 (i32.const 0)))
    (local.set $nibble (i8x16.splat (i32.const 15)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $to)))
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
              (i8x16.swizzle (local.get $high2) (i8x16.shr_u (local.get $byte2) (i32.const 4))))))
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
              ;; The line that the place is in.
              (block $inLine
                (loop $nextLine
                  (local.set $lineEnd
                    (i32.load (i32.add (local.get $ends) (i32.shl (local.get $line) (i32.const 2)))))
                  (br_if $inLine (i32.lt_u (local.get $place) (local.get $lineEnd)))
                  (local.set $lineStart (local.get $lineEnd))
                  (local.set $line (i32.add (local.get $line) (i32.const 1)))
                  (br $nextLine)))
              (local.set $testedEnd (local.get $lineEnd))
              (if (i32.eqz (local.get $newline))
                (then
                  (local.set $testedEnd
                    (i32.sub
                      (local.get $lineEnd)
                      (i32.eq (i32.load8_u offset=32767 (local.get $lineEnd)) (i32.const 10))))))
              (local.set $sequences (i32.load8_u offset=96 (i32.ctz (local.get $places))))
              (loop $nextSequence
                (local.set $sequence (i32.shl (i32.ctz (local.get $sequences)) (i32.const 4)))
                (local.set $start (i32.sub (local.get $place) (i32.load offset=132 (local.get $sequence))))
                (local.set $end (i32.add (local.get $start) (i32.load offset=128 (local.get $sequence))))
                (block $differs
                  (br_if $differs (i32.lt_s (local.get $start) (local.get $lineStart)))
                  (br_if $differs (i32.gt_u (local.get $end) (local.get $testedEnd)))
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
                  ;; Found: note the line and leave it.
                  (i32.store
                    (i32.add (local.get $ends) (i32.shl (local.get $found) (i32.const 2)))
                    (local.get $line))
                  (local.set $found (i32.add (local.get $found) (i32.const 1)))
                  (local.set $line (i32.add (local.get $line) (i32.const 1)))
                  (local.set $lineStart (local.get $lineEnd))
                  (local.set $at (local.get $lineEnd))
                  (br $next))
                (local.set $compared (i32.add (local.get $compared) (i32.const 4)))
                (local.set $sequences
                  (i32.and (local.get $sequences) (i32.sub (local.get $sequences) (i32.const 1))))
                (br_if $nextSequence (local.get $sequences)))
              (local.set $places (i32.and (local.get $places) (i32.sub (local.get $places) (i32.const 1))))
              (br_if $nextPlace (local.get $places)))
            (if (i32.gt_u (local.get $compared) (local.get $patience)) (then (return (i32.const -1))))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $next)))
    (local.get $found)))

;; The inner loops of reading fields by columns: where the fields of many lines are, which lines have equal keys, and
;; which numbers fields hold. Addresses and sizes are those of kernel-layout.ts, which sets up the memory.
;;
;;     0      what to look for in a line, as i32 each:
;;            0 delimiter      4 first keyed part    8 keyed parts must be pairs   12, 16 fewest and most parts
;;            20, 24 what a line begins with (address, size; size 0: anything)
;;            28, 32 what follows part 8, likewise   36, 40 what a line must hold, likewise, beginning with a delimiter
;;            44 columns   48 their first values     52 column of the whole line, -1: none
;;            56, 60 parts that are columns (address of pairs part and column, count)
;;            64, 68 keys that are columns (address of triples address, size and column; count)
;;            72 the columns     76 rows in a column 80 delimiters       84 ends of lines
;;            88 end of the ends 92 next line        96 its first delimiter  100 its start  104 malformed lines
;;     256    16 bytes of ones, 16 of zeros
;;     512    by number of a part, up to 63: the key it had last. 48 bytes: size, column, 8 unused, 32 of the key
;;     3584   powers of ten, f64 each
;;
;; A run of bytes may be read up to 32 bytes beyond its end, so there must be memory.
;;
;; kernel-module.ts holds this as bytes; test/kernel-module.test.ts assembles it and compares.
(module
  (import "env" "memory" (memory 1))

  ;; Whether two runs of bytes are the same.
  (func $same (param $left i32) (param $right i32) (param $size i32) (result i32)
    (local $differs v128)
    (loop $next
      (local.set $differs (v128.xor (v128.load (local.get $left)) (v128.load (local.get $right))))
      (if (i32.gt_u (local.get $size) (i32.const 16))
        (then
          (if (v128.any_true (local.get $differs)) (then (return (i32.const 0))))
          (local.set $left (i32.add (local.get $left) (i32.const 16)))
          (local.set $right (i32.add (local.get $right) (i32.const 16)))
          (local.set $size (i32.sub (local.get $size) (i32.const 16)))
          (br $next))))
    (i32.eqz
      (v128.any_true
        (v128.and (local.get $differs) (v128.load (i32.sub (i32.const 272) (local.get $size)))))))

  ;; Notes every delimiter and newline in a run that ends with a newline: where each is, and where the notes of each
  ;; line end. Returns the end of the latter.
  (func (export "index") (param $at i32) (param $to i32) (param $position i32) (param $line i32) (result i32)
    (local $delimiter v128) (local $newline v128) (local $low v128) (local $high v128) (local $hits i32) (local $hit i32)
    (local.set $delimiter (i8x16.splat (i32.load (i32.const 0))))
    (local.set $newline (i8x16.splat (i32.const 10)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $to)))
        (local.set $low (v128.load (local.get $at)))
        (local.set $high (v128.load offset=16 (local.get $at)))
        (local.set $hits
          (i32.or
            (i8x16.bitmask
              (v128.or
                (i8x16.eq (local.get $low) (local.get $delimiter))
                (i8x16.eq (local.get $low) (local.get $newline))))
            (i32.shl
              (i8x16.bitmask
                (v128.or
                  (i8x16.eq (local.get $high) (local.get $delimiter))
                  (i8x16.eq (local.get $high) (local.get $newline))))
              (i32.const 16))))
        (if (i32.gt_u (i32.add (local.get $at) (i32.const 32)) (local.get $to))
          (then
            (local.set $hits
              (i32.and
                (local.get $hits)
                (i32.sub
                  (i32.shl (i32.const 1) (i32.sub (local.get $to) (local.get $at)))
                  (i32.const 1))))))
        (if (local.get $hits)
          (then
            (loop $nextHit
              (local.set $hit (i32.add (local.get $at) (i32.ctz (local.get $hits))))
              (i32.store (local.get $position) (local.get $hit))
              (local.set $position (i32.add (local.get $position) (i32.const 4)))
              ;; Written for every hit, kept for those that are newlines.
              (i32.store (local.get $line) (local.get $position))
              (local.set $line
                (i32.add
                  (local.get $line)
                  (i32.shl (i32.eq (i32.load8_u (local.get $hit)) (i32.const 10)) (i32.const 2))))
              (br_if $nextHit
                (local.tee $hits
                  (i32.and (local.get $hits) (i32.sub (local.get $hits) (i32.const 1))))))))
        (local.set $at (i32.add (local.get $at) (i32.const 32)))
        (br $next)))
    (local.get $line))

  ;; Size of the white space beyond ASCII that starts here, or 0 (U+0085, U+00A0, U+1680, U+2000 to U+200A, U+2028,
  ;; U+2029, U+202F, U+205F, U+3000).
  (func $wideSpace (param $at i32) (param $to i32) (result i32)
    (local $first i32) (local $second i32) (local $code i32)
    (if (i32.lt_u (i32.sub (local.get $to) (local.get $at)) (i32.const 2)) (then (return (i32.const 0))))
    (local.set $first (i32.load8_u (local.get $at)))
    (local.set $second (i32.load8_u offset=1 (local.get $at)))
    (if (i32.eq (local.get $first) (i32.const 0xc2))
      (then
        (return
          (i32.shl
            (i32.or
              (i32.eq (local.get $second) (i32.const 0x85))
              (i32.eq (local.get $second) (i32.const 0xa0)))
            (i32.const 1)))))
    (if (i32.gt_u (i32.sub (local.get $first) (i32.const 0xe1)) (i32.const 2)) (then (return (i32.const 0))))
    (if (i32.lt_u (i32.sub (local.get $to) (local.get $at)) (i32.const 3)) (then (return (i32.const 0))))
    (if (i32.ne (i32.and (local.get $second) (i32.const 0xc0)) (i32.const 0x80)) (then (return (i32.const 0))))
    (local.set $code (i32.load8_u offset=2 (local.get $at)))
    (if (i32.ne (i32.and (local.get $code) (i32.const 0xc0)) (i32.const 0x80)) (then (return (i32.const 0))))
    (local.set $code
      (i32.or
        (i32.or
          (i32.shl (i32.and (local.get $first) (i32.const 15)) (i32.const 12))
          (i32.shl (i32.and (local.get $second) (i32.const 63)) (i32.const 6)))
        (i32.and (local.get $code) (i32.const 63))))
    (if (i32.le_u (i32.sub (local.get $code) (i32.const 0x2000)) (i32.const 10)) (then (return (i32.const 3))))
    (if (i32.le_u (i32.sub (local.get $code) (i32.const 0x2028)) (i32.const 1)) (then (return (i32.const 3))))
    (i32.mul
      (i32.or
        (i32.or
          (i32.eq (local.get $code) (i32.const 0x1680))
          (i32.eq (local.get $code) (i32.const 0x202f)))
        (i32.or
          (i32.eq (local.get $code) (i32.const 0x205f))
          (i32.eq (local.get $code) (i32.const 0x3000))))
      (i32.const 3)))

  ;; Whether a byte is white space in ASCII.
  (func $isSpace (param $byte i32) (result i32)
    (i32.or
      (i32.eq (local.get $byte) (i32.const 32))
      (i32.le_u (i32.sub (local.get $byte) (i32.const 9)) (i32.const 4))))

  ;; Start of what is left when leading white space goes.
  (func $trimmedStart (param $at i32) (param $to i32) (result i32)
    (local $size i32)
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $to)))
        (local.set $size (call $isSpace (i32.load8_u (local.get $at))))
        (if (i32.eqz (local.get $size))
          (then (local.set $size (call $wideSpace (local.get $at) (local.get $to)))))
        (br_if $done (i32.eqz (local.get $size)))
        (local.set $at (i32.add (local.get $at) (local.get $size)))
        (br $next)))
    (local.get $at))

  ;; End of what is left when trailing white space goes.
  (func $trimmedEnd (param $from i32) (param $at i32) (result i32)
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $from) (local.get $at)))
        (if (call $isSpace (i32.load8_u (i32.sub (local.get $at) (i32.const 1))))
          (then
            (local.set $at (i32.sub (local.get $at) (i32.const 1)))
            (br $next)))
        (if (i32.ge_u (i32.sub (local.get $at) (local.get $from)) (i32.const 2))
          (then
            (if (i32.eq (call $wideSpace (i32.sub (local.get $at) (i32.const 2)) (local.get $at)) (i32.const 2))
              (then
                (local.set $at (i32.sub (local.get $at) (i32.const 2)))
                (br $next)))))
        (if (i32.ge_u (i32.sub (local.get $at) (local.get $from)) (i32.const 3))
          (then
            (if (i32.eq (call $wideSpace (i32.sub (local.get $at) (i32.const 3)) (local.get $at)) (i32.const 3))
              (then
                (local.set $at (i32.sub (local.get $at) (i32.const 3)))
                (br $next)))))))
    (local.get $at))

  ;; The column of a key, or -1.
  (func $columnOf (param $key i32) (param $size i32) (result i32)
    (local $entry i32) (local $end i32)
    (local.set $entry (i32.load (i32.const 64)))
    (local.set $end (i32.add (local.get $entry) (i32.mul (i32.load (i32.const 68)) (i32.const 12))))
    (block $none
      (loop $next
        (br_if $none (i32.ge_u (local.get $entry) (local.get $end)))
        (if (i32.eq (i32.load offset=4 (local.get $entry)) (local.get $size))
          (then
            (if (call $same (i32.load (local.get $entry)) (local.get $key) (local.get $size))
              (then (return (i32.load offset=8 (local.get $entry)))))))
        (local.set $entry (i32.add (local.get $entry) (i32.const 12)))
        (br $next)))
    (i32.const -1))

  ;; Whether the line, whose part 9 is not the one that is looked for, holds the text it must at another delimiter.
  (func $holds (param $position i32) (param $end i32) (result i32)
    (block $none
      (loop $next
        (br_if $none (i32.ge_u (local.get $position) (local.get $end)))
        (if (call $same (i32.load (local.get $position)) (i32.load (i32.const 36)) (i32.load (i32.const 40)))
          (then (return (i32.const 1))))
        (local.set $position (i32.add (local.get $position) (i32.const 4)))
        (br $next)))
    (i32.const 0))

  ;; Fills the columns from the lines that are indexed, as far as there are rows, and returns how many rows it filled.
  ;; A line that is no record, or a broken one, gives no row.
  (func (export "rows") (result i32)
    (local $row i32) (local $capacity i32) (local $line i32) (local $linesEnd i32) (local $position i32)
    (local $newline i32) (local $next i32) (local $start i32) (local $end i32) (local $parts i32)
    (local $item i32) (local $itemsEnd i32) (local $target i32) (local $stride i32) (local $columns i32)
    (local $part i32) (local $partStart i32) (local $partEnd i32) (local $keySize i32) (local $equals i32)
    (local $remembered i32) (local $column i32) (local $hits i32) (local $text v128)
    (local.set $capacity (i32.shl (i32.load (i32.const 76)) (i32.const 2)))
    (local.set $stride (i32.shl (local.get $capacity) (i32.const 1)))
    (local.set $line (i32.load (i32.const 92)))
    (local.set $linesEnd (i32.load (i32.const 88)))
    (local.set $position (i32.load (i32.const 96)))
    (local.set $next (i32.load (i32.const 100)))
    (block $done
      (loop $nextLine
        (br_if $done (i32.ge_u (local.get $line) (local.get $linesEnd)))
        (br_if $done (i32.ge_u (local.get $row) (local.get $capacity)))
        (local.set $newline (i32.sub (i32.load (local.get $line)) (i32.const 4)))
        (local.set $start (local.get $next))
        (local.set $end (i32.load (local.get $newline)))
        (local.set $next (i32.add (local.get $end) (i32.const 1)))
        (local.set $line (i32.add (local.get $line) (i32.const 4)))
        ;; As a rule both ends are visible ASCII.
        (if
          (i32.or
            (i32.ge_u (i32.sub (i32.load8_u (local.get $start)) (i32.const 0x21)) (i32.const 0x5f))
            (i32.ge_u (i32.sub (i32.load8_u (i32.sub (local.get $end) (i32.const 1))) (i32.const 0x21)) (i32.const 0x5f)))
          (then
            (local.set $start (call $trimmedStart (local.get $start) (local.get $end)))
            (local.set $end (call $trimmedEnd (local.get $start) (local.get $end)))))
        (local.set $parts
          (i32.add (i32.shr_u (i32.sub (local.get $newline) (local.get $position)) (i32.const 2)) (i32.const 1)))
        (block $foreign
          (block $malformed
            (br_if $foreign (i32.lt_u (local.get $parts) (i32.load (i32.const 12))))
            (br_if $malformed (i32.gt_u (local.get $parts) (i32.load (i32.const 16))))
            (if (i32.load (i32.const 24))
              (then
                (br_if $foreign
                  (i32.eqz
                    (call $same (local.get $start) (i32.load (i32.const 20)) (i32.load (i32.const 24)))))))
            (if (i32.load (i32.const 40))
              (then
                (if
                  (i32.eqz
                    (call $same
                      (i32.load offset=32 (local.get $position)) (i32.load (i32.const 36)) (i32.load (i32.const 40))))
                  (then
                    (br_if $foreign
                      (i32.eqz
                        (call $same
                          (i32.load offset=32 (local.get $position))
                          (i32.load (i32.const 28))
                          (i32.load (i32.const 32)))))
                    (br_if $foreign (i32.eqz (call $holds (local.get $position) (local.get $newline)))))))
              (else
                (if (i32.load (i32.const 32))
                  (then
                    (br_if $foreign
                      (i32.eqz
                        (call $same
                          (i32.load offset=32 (local.get $position))
                          (i32.load (i32.const 28))
                          (i32.load (i32.const 32)))))))))
            ;; What the columns are unless the line says otherwise.
            (local.set $columns (i32.add (i32.load (i32.const 72)) (local.get $row)))
            (local.set $target (local.get $columns))
            (local.set $item (i32.load (i32.const 48)))
            (local.set $itemsEnd
              (i32.add (local.get $item) (i32.shl (i32.load (i32.const 44)) (i32.const 3))))
            (block $allSet
              (loop $nextColumn
                (br_if $allSet (i32.ge_u (local.get $item) (local.get $itemsEnd)))
                (i32.store (local.get $target) (i32.load (local.get $item)))
                (i32.store (i32.add (local.get $target) (local.get $capacity)) (i32.load offset=4 (local.get $item)))
                (local.set $target (i32.add (local.get $target) (local.get $stride)))
                (local.set $item (i32.add (local.get $item) (i32.const 8)))
                (br $nextColumn)))
            (if (i32.ge_s (i32.load (i32.const 52)) (i32.const 0))
              (then
                (local.set $target
                  (i32.add (local.get $columns) (i32.mul (i32.load (i32.const 52)) (local.get $stride))))
                (i32.store (local.get $target) (local.get $start))
                (i32.store (i32.add (local.get $target) (local.get $capacity)) (local.get $end))))
            ;; Parts by their number.
            (local.set $item (i32.load (i32.const 56)))
            (local.set $itemsEnd
              (i32.add (local.get $item) (i32.shl (i32.load (i32.const 60)) (i32.const 3))))
            (block $allParts
              (loop $nextPart
                (br_if $allParts (i32.ge_u (local.get $item) (local.get $itemsEnd)))
                (local.set $part (i32.load (local.get $item)))
                (if (i32.lt_u (local.get $part) (local.get $parts))
                  (then
                    (local.set $remembered
                      (i32.add (local.get $position) (i32.shl (local.get $part) (i32.const 2))))
                    (local.set $partStart (local.get $start))
                    (if (local.get $part)
                      (then
                        (local.set $partStart
                          (i32.add (i32.load (i32.sub (local.get $remembered) (i32.const 4))) (i32.const 1)))))
                    (local.set $partEnd (local.get $end))
                    (if (i32.lt_u (i32.add (local.get $part) (i32.const 1)) (local.get $parts))
                      (then (local.set $partEnd (i32.load (local.get $remembered)))))
                    (local.set $target
                      (i32.add
                        (local.get $columns)
                        (i32.mul (i32.load offset=4 (local.get $item)) (local.get $stride))))
                    (i32.store (local.get $target) (local.get $partStart))
                    (i32.store (i32.add (local.get $target) (local.get $capacity)) (local.get $partEnd))))
                (local.set $item (i32.add (local.get $item) (i32.const 8)))
                (br $nextPart)))
            ;; Pairs by their key.
            (local.set $part (i32.load (i32.const 4)))
            (block $allPairs
              (loop $nextPair
                (br_if $allPairs (i32.ge_u (local.get $part) (local.get $parts)))
                (local.set $item (i32.add (local.get $position) (i32.shl (local.get $part) (i32.const 2))))
                (local.set $partStart (local.get $start))
                (if (local.get $part)
                  (then
                    (local.set $partStart
                      (i32.add (i32.load (i32.sub (local.get $item) (i32.const 4))) (i32.const 1)))))
                (local.set $partEnd (local.get $end))
                (if (i32.lt_u (i32.add (local.get $part) (i32.const 1)) (local.get $parts))
                  (then (local.set $partEnd (i32.load (local.get $item)))))
                (block $pairDone
                  (local.set $equals (local.get $partStart))
                  (local.set $text (v128.load (local.get $partStart)))
                  (local.set $hits (i8x16.bitmask (i8x16.eq (local.get $text) (i8x16.splat (i32.const 61)))))
                  (if (i32.eqz (local.get $hits))
                    (then
                      (loop $further
                        (local.set $equals (i32.add (local.get $equals) (i32.const 16)))
                        (if (i32.lt_u (local.get $equals) (local.get $partEnd))
                          (then
                            (local.set $hits
                              (i8x16.bitmask
                                (i8x16.eq (v128.load (local.get $equals)) (i8x16.splat (i32.const 61)))))
                            (br_if $further (i32.eqz (local.get $hits))))))))
                  ;; No hit at all gives 32, which is behind the end as well.
                  (local.set $equals (i32.add (local.get $equals) (i32.ctz (local.get $hits))))
                  (if (i32.ge_u (local.get $equals) (local.get $partEnd))
                    (then
                      (br_if $malformed (i32.load (i32.const 8)))
                      (br $pairDone)))
                  (local.set $keySize (i32.sub (local.get $equals) (local.get $partStart)))
                  ;; Lines of one program are alike: the key is most often the one that was here last.
                  (local.set $remembered
                    (i32.add
                      (i32.const 512)
                      (i32.mul
                        (select (local.get $part) (i32.const 63) (i32.lt_u (local.get $part) (i32.const 63)))
                        (i32.const 48))))
                  (block $known
                    (if (i32.eq (i32.load (local.get $remembered)) (local.get $keySize))
                      (then
                        (if (i32.le_u (local.get $keySize) (i32.const 16))
                          (then
                            (br_if $known
                              (i32.eqz
                                (v128.any_true
                                  (v128.and
                                    (v128.xor (local.get $text) (v128.load offset=16 (local.get $remembered)))
                                    (v128.load (i32.sub (i32.const 272) (local.get $keySize))))))))
                          (else
                            (br_if $known
                              (call $same
                                (local.get $partStart)
                                (i32.add (local.get $remembered) (i32.const 16))
                                (local.get $keySize)))))))
                    (local.set $column (call $columnOf (local.get $partStart) (local.get $keySize)))
                    (if (i32.gt_u (local.get $keySize) (i32.const 32))
                      (then
                        (br_if $pairDone (i32.lt_s (local.get $column) (i32.const 0)))
                        (local.set $target
                          (i32.add (local.get $columns) (i32.mul (local.get $column) (local.get $stride))))
                        (i32.store (local.get $target) (i32.add (local.get $equals) (i32.const 1)))
                        (i32.store (i32.add (local.get $target) (local.get $capacity)) (local.get $partEnd))
                        (br $pairDone)))
                    (i32.store (local.get $remembered) (local.get $keySize))
                    (i32.store offset=4 (local.get $remembered) (local.get $column))
                    (v128.store offset=16 (local.get $remembered) (local.get $text))
                    (v128.store offset=32 (local.get $remembered) (v128.load offset=16 (local.get $partStart))))
                  (local.set $column (i32.load offset=4 (local.get $remembered)))
                  (br_if $pairDone (i32.lt_s (local.get $column) (i32.const 0)))
                  (local.set $target
                    (i32.add (local.get $columns) (i32.mul (local.get $column) (local.get $stride))))
                  (i32.store (local.get $target) (i32.add (local.get $equals) (i32.const 1)))
                  (i32.store (i32.add (local.get $target) (local.get $capacity)) (local.get $partEnd)))
                (local.set $part (i32.add (local.get $part) (i32.const 1)))
                (br $nextPair)))
            (local.set $row (i32.add (local.get $row) (i32.const 4)))
            (br $foreign))
          (i32.store (i32.const 104) (i32.add (i32.load (i32.const 104)) (i32.const 1))))
        (local.set $position (i32.add (local.get $newline) (i32.const 4)))
        (br $nextLine)))
    (i32.store (i32.const 92) (local.get $line))
    (i32.store (i32.const 96) (local.get $position))
    (i32.store (i32.const 100) (local.get $next))
    (i32.shr_u (local.get $row) (i32.const 2)))

  ;; Numbers the keys of a column: equal keys, equal numbers, in the order of their first coming. The table of what is
  ;; known, as i32 each: 0 keys   4 most keys   8 mask of the slots   12 slots (number of the key + 1, or 0)
  ;; 16 keys (16 bytes each: hash, start in the bytes, size, 4 unused)   20 bytes   24 used   28 size
  ;; Returns how many rows it did; fewer than asked when there is no room for a new key.
  (func (export "groups")
    (param $rows i32) (param $count i32) (param $starts i32) (param $ends i32) (param $numbers i32) (param $table i32)
    (result i32)
    (local $done i32) (local $at i32) (local $start i32) (local $size i32) (local $left i32) (local $hash i64)
    (local $word i64) (local $slot i32) (local $key i32) (local $entry i32) (local $row i32) (local $mask i32)
    (local $slots i32) (local $entries i32) (local $bytes i32)
    (local.set $mask (i32.load offset=8 (local.get $table)))
    (local.set $slots (i32.load offset=12 (local.get $table)))
    (local.set $entries (i32.load offset=16 (local.get $table)))
    (local.set $bytes (i32.load offset=20 (local.get $table)))
    (block $end
      (loop $nextRow
        (br_if $end (i32.ge_u (local.get $done) (local.get $count)))
        (local.set $row (i32.load (i32.add (local.get $rows) (i32.shl (local.get $done) (i32.const 2)))))
        (local.set $start (i32.load (i32.add (local.get $starts) (i32.shl (local.get $row) (i32.const 2)))))
        (local.set $size (i32.const 0))
        (if (i32.ge_s (local.get $start) (i32.const 0))
          (then
            (local.set $size
              (i32.sub
                (i32.load (i32.add (local.get $ends) (i32.shl (local.get $row) (i32.const 2))))
                (local.get $start))))
          (else (local.set $start (i32.const 0))))
        (local.set $hash (i64.extend_i32_u (local.get $size)))
        (local.set $at (local.get $start))
        (local.set $left (local.get $size))
        (block $hashed
          (loop $nextWord
            (br_if $hashed (i32.eqz (local.get $left)))
            (local.set $word (i64.load (local.get $at)))
            (if (i32.lt_u (local.get $left) (i32.const 8))
              (then
                (local.set $word
                  (i64.shl
                    (local.get $word)
                    (i64.extend_i32_u
                      (i32.sub (i32.const 64) (i32.shl (local.get $left) (i32.const 3))))))
                (local.set $left (i32.const 8))))
            (local.set $hash
              (i64.mul (i64.xor (local.get $hash) (local.get $word)) (i64.const 0x9e3779b97f4a7c15)))
            (local.set $hash (i64.xor (local.get $hash) (i64.shr_u (local.get $hash) (i64.const 29))))
            (local.set $at (i32.add (local.get $at) (i32.const 8)))
            (local.set $left (i32.sub (local.get $left) (i32.const 8)))
            (br $nextWord)))
        (local.set $hash (i64.xor (local.get $hash) (i64.shr_u (local.get $hash) (i64.const 32))))
        (local.set $slot (i32.and (i32.wrap_i64 (local.get $hash)) (local.get $mask)))
        (block $found
          (loop $nextSlot
            (local.set $key (i32.load (i32.add (local.get $slots) (i32.shl (local.get $slot) (i32.const 2)))))
            (if (local.get $key)
              (then
                (local.set $key (i32.sub (local.get $key) (i32.const 1)))
                (local.set $entry (i32.add (local.get $entries) (i32.shl (local.get $key) (i32.const 4))))
                (if (i32.eq (i32.load (local.get $entry)) (i32.wrap_i64 (local.get $hash)))
                  (then
                    (if (i32.eq (i32.load offset=8 (local.get $entry)) (local.get $size))
                      (then
                        (br_if $found
                          (call $same
                            (i32.add (local.get $bytes) (i32.load offset=4 (local.get $entry)))
                            (local.get $start)
                            (local.get $size)))))))
                (local.set $slot (i32.and (i32.add (local.get $slot) (i32.const 1)) (local.get $mask)))
                (br $nextSlot))))
          ;; A new key, when there is room.
          (local.set $key (i32.load (local.get $table)))
          (br_if $end (i32.ge_u (local.get $key) (i32.load offset=4 (local.get $table))))
          (local.set $at (i32.load offset=24 (local.get $table)))
          (br_if $end
            (i32.gt_u (i32.add (local.get $at) (local.get $size)) (i32.load offset=28 (local.get $table))))
          (i32.store (local.get $table) (i32.add (local.get $key) (i32.const 1)))
          (i32.store offset=24 (local.get $table) (i32.add (local.get $at) (local.get $size)))
          (i32.store
            (i32.add (local.get $slots) (i32.shl (local.get $slot) (i32.const 2)))
            (i32.add (local.get $key) (i32.const 1)))
          (local.set $entry (i32.add (local.get $entries) (i32.shl (local.get $key) (i32.const 4))))
          (i32.store (local.get $entry) (i32.wrap_i64 (local.get $hash)))
          (i32.store offset=4 (local.get $entry) (local.get $at))
          (i32.store offset=8 (local.get $entry) (local.get $size))
          (local.set $at (i32.add (local.get $bytes) (local.get $at)))
          (local.set $left (i32.const 0))
          (block $copied
            (loop $nextPiece
              (br_if $copied (i32.ge_u (local.get $left) (local.get $size)))
              (v128.store
                (i32.add (local.get $at) (local.get $left))
                (v128.load (i32.add (local.get $start) (local.get $left))))
              (local.set $left (i32.add (local.get $left) (i32.const 16)))
              (br $nextPiece))))
        (i32.store (i32.add (local.get $numbers) (i32.shl (local.get $done) (i32.const 2))) (local.get $key))
        (local.set $done (i32.add (local.get $done) (i32.const 1)))
        (br $nextRow)))
    (local.get $done))

  ;; Reads the numbers of a column, by row: value, and 0 in $states for no field, 1 for a number, 2 for a text that is
  ;; not written as `[+-]digits[.digits]` with at most 15 digits. Returns how many there are of the latter.
  (func (export "numbers")
    (param $rows i32) (param $count i32) (param $starts i32) (param $ends i32) (param $values i32) (param $states i32)
    (result i32)
    (local $done i32) (local $row i32) (local $at i32) (local $end i32) (local $odd i32) (local $size i32)
    (local $digits i64) (local $value i64) (local $byte i32) (local $sign i32) (local $dot i32) (local $start i32)
    (block $allDone
      (loop $nextRow
        (br_if $allDone (i32.ge_u (local.get $done) (local.get $count)))
        (local.set $row (i32.load (i32.add (local.get $rows) (i32.shl (local.get $done) (i32.const 2)))))
        (local.set $done (i32.add (local.get $done) (i32.const 1)))
        (local.set $at (i32.load (i32.add (local.get $starts) (i32.shl (local.get $row) (i32.const 2)))))
        (block $state2
          (if (i32.lt_s (local.get $at) (i32.const 0))
            (then
              (i32.store8 (i32.add (local.get $states) (local.get $row)) (i32.const 0))
              (br $nextRow)))
          (local.set $end (i32.load (i32.add (local.get $ends) (i32.shl (local.get $row) (i32.const 2)))))
          (local.set $size (i32.sub (local.get $end) (local.get $at)))
          (br_if $state2 (i32.eqz (local.get $size)))
          ;; Up to eight digits are read as one word, zeros before them.
          (if (i32.le_u (local.get $size) (i32.const 8))
            (then
              (local.set $digits
                (i64.xor
                  (i64.shl
                    (i64.xor (i64.load (local.get $at)) (i64.const 0x3030303030303030))
                    (i64.extend_i32_u (i32.sub (i32.const 64) (i32.shl (local.get $size) (i32.const 3)))))
                  (i64.const 0x3030303030303030)))
              (if
                (i32.and
                  (i64.eq
                    (i64.and (local.get $digits) (i64.const 0xf0f0f0f0f0f0f0f0))
                    (i64.const 0x3030303030303030))
                  (i64.eq
                    (i64.and
                      (i64.add (local.get $digits) (i64.const 0x0606060606060606))
                      (i64.const 0xf0f0f0f0f0f0f0f0))
                    (i64.const 0x3030303030303030)))
                (then
                  (local.set $digits (i64.sub (local.get $digits) (i64.const 0x3030303030303030)))
                  (local.set $digits
                    (i64.add
                      (i64.mul (local.get $digits) (i64.const 10))
                      (i64.shr_u (local.get $digits) (i64.const 8))))
                  (f64.store
                    (i32.add (local.get $values) (i32.shl (local.get $row) (i32.const 3)))
                    (f64.convert_i64_u
                      (i64.shr_u
                        (i64.add
                          (i64.mul
                            (i64.and (local.get $digits) (i64.const 0x000000ff000000ff))
                            (i64.const 0x000f424000000064))
                          (i64.mul
                            (i64.and
                              (i64.shr_u (local.get $digits) (i64.const 16))
                              (i64.const 0x000000ff000000ff))
                            (i64.const 0x0000271000000001)))
                        (i64.const 32))))
                  (i32.store8 (i32.add (local.get $states) (local.get $row)) (i32.const 1))
                  (br $nextRow)))))
          (local.set $sign (i32.load8_u (local.get $at)))
          (if (i32.or (i32.eq (local.get $sign) (i32.const 45)) (i32.eq (local.get $sign) (i32.const 43)))
            (then (local.set $at (i32.add (local.get $at) (i32.const 1)))))
          (local.set $size (i32.sub (local.get $end) (local.get $at)))
          (br_if $state2 (i32.gt_u (local.get $size) (i32.const 16)))
          (local.set $start (local.get $at))
          (local.set $dot (i32.const 0))
          (local.set $value (i64.const 0))
          (block $read
            (loop $nextByte
              (br_if $read (i32.ge_u (local.get $at) (local.get $end)))
              (local.set $byte (i32.sub (i32.load8_u (local.get $at)) (i32.const 48)))
              (local.set $at (i32.add (local.get $at) (i32.const 1)))
              (if (i32.le_u (local.get $byte) (i32.const 9))
                (then
                  (local.set $value
                    (i64.add
                      (i64.mul (local.get $value) (i64.const 10))
                      (i64.extend_i32_u (local.get $byte))))
                  (br $nextByte)))
              (br_if $state2 (i32.ne (local.get $byte) (i32.const -2)))
              (br_if $state2 (local.get $dot))
              (local.set $dot (local.get $at))
              (br $nextByte)))
          (if (local.get $dot) (then (local.set $size (i32.sub (local.get $size) (i32.const 1)))))
          (br_if $state2 (i32.gt_u (i32.sub (local.get $size) (i32.const 1)) (i32.const 14)))
          (local.set $row (i32.shl (local.get $row) (i32.const 3)))
          (f64.store (i32.add (local.get $values) (local.get $row)) (f64.convert_i64_u (local.get $value)))
          (if (local.get $dot)
            (then
              (f64.store
                (i32.add (local.get $values) (local.get $row))
                (f64.div
                  (f64.load (i32.add (local.get $values) (local.get $row)))
                  (f64.load
                    offset=3584
                    (i32.shl (i32.sub (local.get $end) (local.get $dot)) (i32.const 3)))))))
          (if (i32.eq (local.get $sign) (i32.const 45))
            (then
              (f64.store
                (i32.add (local.get $values) (local.get $row))
                (f64.neg (f64.load (i32.add (local.get $values) (local.get $row)))))))
          (i32.store8 (i32.add (local.get $states) (i32.shr_u (local.get $row) (i32.const 3))) (i32.const 1))
          (br $nextRow))
        (i32.store8 (i32.add (local.get $states) (local.get $row)) (i32.const 2))
        (local.set $odd (i32.add (local.get $odd) (i32.const 1)))
        (br $nextRow)))
    (local.get $odd)))

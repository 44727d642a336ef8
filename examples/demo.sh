#!/usr/bin/env bash
# From nothing to an answer: builds Fovea, compiles CAS-ViT-XS to a native library, and runs it on a photograph.
set -euo pipefail
cd "$(dirname "$0")/.."

stages=() starts=()
step() {
  stages+=("$1")
  starts+=("$SECONDS")
  printf '\n\033[1m== %s\033[0m (%d s)\n' "$1" "$SECONDS"
}

step 'Install and build'
bash .ci/prepare
out=build/demo
mkdir -p "$out"
python=build/venv/bin/python
fovea=build/bin/fovea

step 'A photograph'
$python examples/photograph.py "$out/cat.npy"

step 'Made-up weights'
echo 'The names and shapes of the trained ones, values from a formula: what follows shows exactness and speed, not skill.'
$fovea weights examples/cas_vit.net -p variant=xs --seed 0 -o "$out/weights.safetensors"

step 'Compile CAS-ViT-XS to a native library'
$fovea compile examples/cas_vit.net -p variant=xs --weights "$out/weights.safetensors" --no-cache -o "$out"
ls -l "$out"/libcas_vit.so "$out"/libcas_vit.a "$out"/cas_vit.h

step 'Run the library on the photograph'
$fovea run "$out/libcas_vit.so" --input image="$out/cat.npy" --output logits="$out/logits.npy"
echo 'The weights are made up, so the classes mean nothing; what counts is that PyTorch gives the same numbers:'
$python - "$out/logits.npy" examples/cas_vit_xs_cat_logits.npy <<'PYTHON'
import sys, numpy
ours, pytorch = (numpy.load(path) for path in sys.argv[1:])
error = abs(ours - pytorch).max() / abs(pytorch).max()
print(f"largest difference from PyTorch's stored logits: {error:.1e} of the largest logit")
sys.exit(int(error > 1e-5))
PYTHON

step 'Measure it'
$fovea bench "$out/libcas_vit.so"

step 'Done'
for ((i = 0; i + 1 < ${#stages[@]}; ++i)); do
  printf '%5d s  %s\n' $((starts[i + 1] - starts[i])) "${stages[i]}"
done
echo "Next: read examples/cas_vit.net, then '$fovea compile --help'."

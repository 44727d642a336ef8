// Prints the header of the toy network, whose library ToyLibrary.c makes by hand.
#include "compiler/host/Header.h"

#include <cstdio>

int main() {
  fovea::HeaderInfo info;
  info.name = "toy";
  info.targets = {"any CPU"};
  info.version = "0.0.0";
  info.sizes = {{0,
                 {{"image", "f32", {"n", "c", "h", "w"}, {1, 3, 4, 5}}, {"scale", "f64", {"n"}, {1}}},
                 {{"logits", "f32", {"n", "c"}, {1, 60}}, {"label", "i32", {"n"}, {1}}}}};
  info.arenaBytes = 250;
  info.scratchBytes = 128;
  info.stackBytes = 1000;
  std::fputs(fovea::makeHeader(info).c_str(), stdout);
}

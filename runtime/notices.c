#include "runtime/model.h"

/* Kernels contain small functions of Halide's own; nothing of LLVM's gets into them, whose license asks for no notice
 * in compiled code either. What the network's weights ask for is known to who trained them. */
const char fovea_notices[] =
    "This library contains the runtime of Fovea and code from Halide, both under the license below.\n"
    "Fovea: Copyright (c) 2026 The Fovea authors\n"
    "Halide: Copyright (c) 2012-2020 MIT CSAIL, Google, Facebook, Adobe, NVIDIA CORPORATION, and other contributors.\n"
    "Developed by: The Halide team, http://halide-lang.org\n"
    "\n"
    "Permission is hereby granted, free of charge, to any person obtaining a copy of this software and\n"
    "associated documentation files (the \"Software\"), to deal in the Software without restriction, including\n"
    "without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell\n"
    "copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the\n"
    "following conditions:\n"
    "\n"
    "The above copyright notice and this permission notice shall be included in all copies or substantial\n"
    "portions of the Software.\n"
    "\n"
    "THE SOFTWARE IS PROVIDED \"AS IS\", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT\n"
    "LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN\n"
    "NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY,\n"
    "WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE\n"
    "SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.\n";

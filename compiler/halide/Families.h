// The families of kernels: how each is emitted and scheduled. Free of Halide's headers.
#ifndef FOVEA_COMPILER_HALIDE_FAMILIES_H
#define FOVEA_COMPILER_HALIDE_FAMILIES_H

#include "compiler/halide/Target.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/Pass/Pass.h"

namespace fovea {

/// Attaches the emitters to the hvn and kern ops and makes the strategies known to the verifier.
void registerHalideFamilies(mlir::DialectRegistry &registry);

struct ScheduleFile;

/// Gives every kernel without a schedule the one that `pins` has for it, which must live as long as the pass, else the
/// one that its family chooses for `target`; with `simplest`, the one with every knob at its least.
std::unique_ptr<mlir::Pass> createAssignSchedulesPass(const TargetInfo &target, const ScheduleFile *pins = nullptr,
                                                      bool simplest = false);

/// Registers the pass above, for the host, with fovea-opt.
void registerAssignSchedulesPass();

} // namespace fovea

#endif

"""lit configuration: tests run against the tools in the build folder (build, or the one that FOVEA_BUILD names)."""
import os
import sys

import lit.formats

config.name = "fovea"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".net", ".test"]
config.excludes = ["Inputs", "data"]
config.test_source_root = os.path.dirname(__file__)
root = os.path.dirname(config.test_source_root)
build = os.environ.get("FOVEA_BUILD", os.path.join(root, "build"))
config.test_exec_root = os.path.join(build, "test")

config.environment["PATH"] = os.pathsep.join(
    [os.path.join(build, "bin"), "/usr/lib/llvm-22/bin", os.environ.get("PATH", "")]
)
config.environment["PYTHONPATH"] = os.path.join(root, "test", "networks")
# Tests share compiled kernels; those that are about compiling them say --no-cache.
config.environment["XDG_CACHE_HOME"] = os.path.join(build, "test", "cache")
config.environment["FOVEA_PYTHON"] = sys.executable
config.substitutions.append(("%{examples}", os.path.join(root, "examples")))
config.substitutions.append(("%{root}", root))
config.substitutions.append(("%{build}", build))
config.substitutions.append(("%{python}", sys.executable))
# Networks against timm's stored logits; `%if all` those that are left to test/run.sh --all.
config.substitutions.append(("%stored", f"{sys.executable} {os.path.join(root, 'test/networks/check_stored.py')}"))
if lit_config.params.get("all"):
    config.available_features.add("all")
if os.path.exists(os.path.join(build, "bin", "read_text")):
    config.available_features.add("read_text")

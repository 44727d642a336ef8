"""The GoogleTest programs: everything in build/test/unit whose name ends with Tests."""
import os

import lit.formats

config.name = "fovea-unit"
config.test_format = lit.formats.GoogleTest(".", "Tests")
root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
config.test_source_root = config.test_exec_root = os.path.join(
    os.environ.get("FOVEA_BUILD", os.path.join(root, "build")), "test", "unit"
)
config.environment["FOVEA_SOURCE"] = root

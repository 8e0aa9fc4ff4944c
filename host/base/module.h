// Shared objects that are opened at run time, when they are first needed.
#pragma once

#include <filesystem>
#include <vector>

namespace ingot {

/// Where they are looked for, in this order: the folder that INGOT_MODULE_DIR names, else that of libingot (or of the
/// program it is linked into), lib beside that, where they are installed, and by name ("") as shared libraries are.
std::vector<std::filesystem::path> module_folders();

}  // namespace ingot

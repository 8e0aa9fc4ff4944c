// Outlives LLVM's fatal errors, whose default is to end the process, and after which its state is unknown.
#pragma once

#include <functional>

namespace ingot::jit {

/// Does work that calls LLVM, on a thread of its own, and throws what it throws. A fatal error parks the thread for
/// good, since there is nothing to return to, and running the destructors of what LLVM was working on could end the
/// process as well; it is thrown here as an InternalError, as it is by every call after it.
void guarded(const std::function<void()>& work);

}  // namespace ingot::jit

// Keeps LLVM's static objects from being destroyed at exit. That happens before the wait for a compilation in the
// background, which was asked for before the module was opened: LLVM would be taken apart while it is at work, or while
// its own constructors run. Nothing in them outlives the process anyway.
extern "C" __attribute__((visibility("hidden"))) int __cxa_atexit(void (*)(void*), void*, void*) { return 0; }

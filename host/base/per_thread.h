// Objects of a thread, made when it first asks. Unlike thread_local ones they may still be asked for while the process
// ends: the main thread's are destroyed before the objects in static storage, whose destructors may evaluate arrays.
#pragma once

namespace ingot {

/// The calling thread's T of that name (any type), default-constructed at first. Freed at the thread's end; what is
/// made after that stays to the process's end.
template <class T, class Name>
T& per_thread() {
  struct Freed {
    T** object;
    ~Freed() {
      delete *object;
      *object = nullptr;
    }
  };
  // Found by one instruction, without a call: there is room in every thread for the few pointers that this takes.
  [[gnu::tls_model("initial-exec")]] thread_local T* object = nullptr;
  if (object == nullptr) [[unlikely]] {
    object = new T;
    thread_local const Freed at_end{&object};
  }
  return *object;
}

}  // namespace ingot

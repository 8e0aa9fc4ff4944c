// Objects of a thread, made when it first asks. Unlike thread_local ones they may still be asked for while the process
// ends: the main thread's are destroyed before the objects in static storage, whose destructors may evaluate arrays.
#pragma once

namespace ingot {

namespace detail {

// Found by one instruction, without a call: there is room in every thread for the few pointers that this takes.
template <class T, class Name>
[[gnu::tls_model("initial-exec")]] inline thread_local T* object_of_thread = nullptr;

template <class T, class Name>
[[gnu::noinline]] T& make_per_thread() {
  struct Freed {
    ~Freed() {
      delete object_of_thread<T, Name>;
      object_of_thread<T, Name> = nullptr;
    }
  };
  object_of_thread<T, Name> = new T;
  thread_local const Freed at_end;
  return *object_of_thread<T, Name>;
}

}  // namespace detail

/// The calling thread's T of that name (any type), default-constructed at first. Freed at the thread's end; what is
/// made after that stays to the process's end.
template <class T, class Name>
T& per_thread() {
  T* const object = detail::object_of_thread<T, Name>;
  return object != nullptr ? *object : detail::make_per_thread<T, Name>();
}

}  // namespace ingot

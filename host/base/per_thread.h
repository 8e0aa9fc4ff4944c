// Objects of a thread, made when it first asks. Unlike thread_local ones they may still be asked for while the process
// ends, by the destructors of objects in static storage, which may evaluate arrays.
#pragma once

#include <pthread.h>

#include <new>

namespace ingot {

namespace detail {

// Found by one instruction, without a call: there is room in every thread for the few pointers that this takes.
template <class T, class Name>
[[gnu::tls_model("initial-exec")]] inline thread_local T* object_of_thread = nullptr;

// The key's destructor runs when the thread ends, after those of all thread_local objects, and again if these made
// another object meanwhile. It does not run for the main thread when the process exits.
template <class T, class Name>
[[gnu::noinline]] T& make_per_thread() {
  static const pthread_key_t key = [] {
    pthread_key_t made{};
    if (pthread_key_create(&made, [](void* object) {
          object_of_thread<T, Name> = nullptr;
          delete static_cast<T*>(object);
        }) != 0)
      throw std::bad_alloc();
    return made;
  }();
  T* const object = new T;
  if (pthread_setspecific(key, object) != 0) {
    delete object;
    throw std::bad_alloc();
  }
  object_of_thread<T, Name> = object;
  return *object;
}

}  // namespace detail

/// The calling thread's T of that name (any type), default-constructed at first, and freed at the thread's end.
template <class T, class Name>
T& per_thread() {
  T* const object = detail::object_of_thread<T, Name>;
  return object != nullptr ? *object : detail::make_per_thread<T, Name>();
}

}  // namespace ingot

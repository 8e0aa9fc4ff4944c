// The objects of one type that threads have to themselves (per_thread.h), for whoever asks them all.
#pragma once

#include <mutex>
#include <vector>

namespace ingot {

template <class T>
struct ThreadList {
  std::mutex mutex;
  std::vector<const T*> alive;  // under the mutex

  /// Never destroyed: threads come and go until the process ends.
  static ThreadList& instance() {
    static auto* const list = new ThreadList;
    return *list;
  }

  void add(const T* object) {
    const std::scoped_lock guard(mutex);
    alive.push_back(object);
  }
  /// `last` is called under the mutex too, so that nobody sees the object and what is left of it.
  template <class F>
  void remove(const T* object, F&& last) {
    const std::scoped_lock guard(mutex);
    std::erase(alive, object);
    last();
  }
};

}  // namespace ingot

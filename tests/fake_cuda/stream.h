// Streams and events: each stream has a thread of its own that does, one after the other, what is pushed to it, after
// pauses drawn from the seed.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "random.h"
#include "result.h"

namespace fake_cuda {

/// A place in the work of a stream, passed or not.
class Mark {
 public:
  bool passed() const;
  void wait() const;

 private:
  friend class Stream;
  bool passed_ = false;
};
using MarkPtr = std::shared_ptr<Mark>;

/// The error that a device is left with; what is pushed to its streams is then dropped.
using Sticky = std::atomic<Result>;

class Stream {
 public:
  using Work = std::function<Result()>;

  /// Pauses take up to `delay` microseconds.
  Stream(Sticky& sticky, int delay, std::uint64_t seed);
  /// Waits for all work.
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  /// The mark is passed once the work is done, which begins when all of `after` are passed.
  MarkPtr push(Work work, std::vector<MarkPtr> after = {});
  /// Passed once all that is pushed by now is done; null where nothing ever was.
  MarkPtr last() const;
  void drain() const;

 private:
  struct Item {
    Work work;
    std::vector<MarkPtr> after;
    MarkPtr mark;
  };
  void run();
  void pause();

  Sticky& sticky_;
  const int delay_;
  Random random_;
  std::deque<Item> items_;
  MarkPtr last_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace fake_cuda

// The driver's functions for streams and events.
#include "api.h"
#include "random.h"

using namespace fake_cuda;

namespace {

// Guards Event::mark.
std::mutex& event_mutex() {
  static std::mutex* const mutex = new std::mutex;
  return *mutex;
}

MarkPtr mark_of(const Event& event) {
  const std::lock_guard lock(event_mutex());
  return event.mark;
}

}  // namespace

FAKE_CUDA_API int cuStreamCreate(StreamHandle** stream, unsigned flags) {
  return api_in_context("cuStreamCreate", [&](Device& device) {
    if (stream == nullptr || flags > 1) return Result::InvalidValue;
    const std::uint64_t seed = mix(state().seed) + ++state().drawn;
    *stream = state().streams.add(device.create_stream(flags == 0, state().settings.delay, seed));
    book_live(&FakeCudaBooks::streams_live, 1);
    return Result::Success;
  });
}

FAKE_CUDA_API int cuStreamDestroy_v2(StreamHandle* handle) {
  return api_in_context("cuStreamDestroy_v2", [&](Device&) {
    const auto stream = state().streams.remove(handle);
    if (stream == nullptr) return Result::InvalidHandle;
    stream->stream.drain();
    book_live(&FakeCudaBooks::streams_live, -1);
    return Result::Success;
  });
}

FAKE_CUDA_API int cuStreamWaitEvent(void* handle, Event* event_handle, unsigned flags) {
  return api_in_context("cuStreamWaitEvent", [&](Device& device) {
    const auto stream = stream_of(device, handle);
    const auto event = state().events.find(event_handle);
    if (stream == nullptr || event == nullptr) return Result::InvalidHandle;
    if (flags != 0) return Result::InvalidValue;
    const MarkPtr mark = mark_of(*event);
    if (mark != nullptr) device.push(*stream, [] { return Result::Success; }, {mark});
    return Result::Success;
  });
}

FAKE_CUDA_API int cuStreamSynchronize(void* handle) {
  return api_in_context("cuStreamSynchronize", [&](Device& device) {
    const auto stream = stream_of(device, handle);
    if (stream == nullptr) return Result::InvalidHandle;
    stream->stream.drain();
    return device.sticky.load();
  });
}

FAKE_CUDA_API int cuEventCreate(Event** event, unsigned flags) {
  return api_in_context("cuEventCreate", [&](Device& device) {
    constexpr unsigned known = 1 | 2 | 4;  // blocking, without timing, between processes
    if (event == nullptr || (flags & ~known) != 0) return Result::InvalidValue;
    *event = state().events.add(std::make_shared<Event>(Event{&device, nullptr}));
    book_live(&FakeCudaBooks::events_live, 1);
    return Result::Success;
  });
}

FAKE_CUDA_API int cuEventDestroy_v2(Event* handle) {
  return api_in_context("cuEventDestroy_v2", [&](Device&) {
    if (state().events.remove(handle) == nullptr) return Result::InvalidHandle;
    book_live(&FakeCudaBooks::events_live, -1);
    return Result::Success;
  });
}

FAKE_CUDA_API int cuEventRecord(Event* handle, void* stream_handle) {
  return api_in_context("cuEventRecord", [&](Device& device) {
    const auto event = state().events.find(handle);
    const auto stream = stream_of(device, stream_handle);
    if (event == nullptr || stream == nullptr || event->device != &device) return Result::InvalidHandle;
    const std::lock_guard lock(event_mutex());
    event->mark = device.push(*stream, [] { return Result::Success; });
    return Result::Success;
  });
}

FAKE_CUDA_API int cuEventQuery(Event* handle) {
  return api_in_context("cuEventQuery", [&](Device&) {
    const auto event = state().events.find(handle);
    if (event == nullptr) return Result::InvalidHandle;
    const MarkPtr mark = mark_of(*event);
    return mark == nullptr || mark->passed() ? Result::Success : Result::NotReady;
  });
}

FAKE_CUDA_API int cuEventSynchronize(Event* handle) {
  return api_in_context("cuEventSynchronize", [&](Device& device) {
    const auto event = state().events.find(handle);
    if (event == nullptr) return Result::InvalidHandle;
    if (const MarkPtr mark = mark_of(*event)) mark->wait();
    return device.sticky.load();
  });
}

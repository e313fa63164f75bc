#pragma once
// Tells calls that wait when the head has changed. Thread-safe.
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace strata::api {

class HeadSignal {
  public:
    using Deadline = std::chrono::steady_clock::time_point;

    /// How many changes there were.
    std::uint64_t changes() const {
        const std::lock_guard lock(mutex_);
        return changes_;
    }
    void changed() {
        const std::lock_guard lock(mutex_);
        ++changes_;
        wake_.notify_all();
    }
    void stop() {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
        wake_.notify_all();
    }
    enum class Woken { changed, too_late, stopped };
    /// Until there were more than `seen` changes.
    Woken wait(std::uint64_t seen, Deadline deadline) {
        std::unique_lock lock(mutex_);
        wake_.wait_until(lock, deadline, [&] { return stopped_ || changes_ > seen; });
        if (stopped_) return Woken::stopped;
        return changes_ > seen ? Woken::changed : Woken::too_late;
    }

  private:
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::uint64_t changes_ = 0;
    bool stopped_ = false;
};

}  // namespace strata::api

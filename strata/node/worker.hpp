#pragma once
// A thread that does pieces of work one after the other. Thread-safe.
#include <condition_variable>
#include <deque>
#include <functional>
#include <thread>

#include <strata/base/mutex.hpp>

namespace strata::node {

class Worker {
  public:
    Worker();
    /// Ends after the piece of work that runs; those that wait are dropped.
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    /// Queues work. The caller bounds how much may wait.
    void post(std::function<void()> work) STRATA_EXCLUDES(mutex_);

  private:
    void run();

    Mutex mutex_;
    std::condition_variable_any changed_;
    std::deque<std::function<void()>> queue_ STRATA_GUARDED_BY(mutex_);
    bool ends_ STRATA_GUARDED_BY(mutex_) = false;
    std::jthread thread_;  // last: it uses all others
};

}  // namespace strata::node

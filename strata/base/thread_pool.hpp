#pragma once
// Runs CPU work on the only pool of the process. The caller splits the work; results are written by index, so that they
// never depend on the order in which threads run.
#include <cstddef>
#include <functional>

namespace strata {

/// Returns the number of threads that parallel work uses, the caller's included: STRATA_THREADS, or the number of
/// cores.
std::size_t worker_threads();

/// While it lives, parallel work that its thread asks for runs on that thread alone, so that a simulation of many nodes
/// on one thread stays on it.
class OneThread {
  public:
    OneThread();
    ~OneThread();
    OneThread(const OneThread&) = delete;
    OneThread& operator=(const OneThread&) = delete;

  private:
    bool could_split_;
};

/// Returns true if parallel work that this thread asks for is split.
bool can_split();

/// Calls body(begin, end) for disjoint ranges that cover [0, count), on the pool and the calling thread; returns when
/// all are done. Ranges have at least `grain` items, except the last one. Nested calls run on the calling thread alone.
void parallel_for(std::size_t count, std::size_t grain, const std::function<void(std::size_t, std::size_t)>& body);

}  // namespace strata

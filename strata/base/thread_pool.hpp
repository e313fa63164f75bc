#pragma once
// The one pool for CPU work. Work is split by the caller; results are written by index, so that nothing depends on
// the order in which threads run.
#include <cstddef>
#include <functional>

namespace strata {

/// Threads that parallel work uses, the caller's included: STRATA_THREADS, or the machine's cores.
std::size_t worker_threads();

/// Calls body(begin, end) for disjoint ranges that cover [0, count), on the pool and the calling thread; returns when
/// all are done. Ranges hold at least `grain` items. Nested calls run on the calling thread alone.
void parallel_for(std::size_t count, std::size_t grain, const std::function<void(std::size_t, std::size_t)>& body);

}  // namespace strata

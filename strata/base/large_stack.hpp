#pragma once
// Runs a function on a thread whose stack is large enough for deep recursion: the sender of a message chooses how deep
// actors call each other, up to 1,024 nested calls. The main thread and threads of the standard library have 8 MiB.
#include <functional>
#include <future>

#include <strata/base/result.hpp>

namespace strata {

/// Returns true on a thread that run_on_large_stack() made.
bool on_large_stack();

namespace detail {
/// Hands `job` to a waiting thread, or to a new one. Errors: io if the system cannot start a thread; `job` is not run
/// then.
Status start_on_large_stack(std::move_only_function<void()> job);
}  // namespace detail

/// Calls `f`, which returns a Result, on a thread with a large stack and waits for it. If the calling thread
/// has a large stack already, `f` runs there. The caller's locks stay held meanwhile. Threads are kept for later calls:
/// there are as many of them as calls have run at the same time. Errors: those of `f`; io if the system cannot start a
/// thread. Thread-safe.
template <class F>
std::invoke_result_t<F&> run_on_large_stack(F f) {
    if (on_large_stack()) return f();
    std::packaged_task<std::invoke_result_t<F&>()> task(std::move(f));
    auto result = task.get_future();
    STRATA_OK(detail::start_on_large_stack(std::move(task)));
    return result.get();
}

}  // namespace strata

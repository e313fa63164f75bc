#pragma once
// Runs a function on a thread whose stack is large enough for recursion whose depth an outsider chooses within a bound:
// 1,024 nested calls of actors. Threads of the standard library, and the main thread, have 8 MiB.
#include <functional>
#include <future>

#include <strata/base/result.hpp>

namespace strata {

/// Size of such a stack in bytes. Of the nested calls that people can build from our actors, multisigs that approve
/// into one another use most: a level takes 11.5 KiB in a release build, about five times that in a debug build and
/// about twelve times that under the address sanitizer. The reference also takes 64 MiB (ref-fvm
/// fvm/src/executor/threaded.rs). Memory is used only as far as a stack grows.
std::size_t large_stack_size();

/// True on a thread that run_on_large_stack() made.
bool on_large_stack();

namespace detail {
/// Hands `job` to a waiting thread, or to a new one. Errors: io if the system gives no thread; `job` was not started.
Status start_on_large_stack(std::move_only_function<void()> job);
}  // namespace detail

/// Calls `f`, which returns a Result, on a thread with a large stack and waits for it; on such a thread already, calls
/// it at once. The caller's locks stay held meanwhile. Threads are kept for later calls: there are as many as callers
/// wait at the same time. Errors: those of `f`; io if the system gives no thread. Thread-safe.
template <class F>
std::invoke_result_t<F&> run_on_large_stack(F f) {
    if (on_large_stack()) return f();
    std::packaged_task<std::invoke_result_t<F&>()> task(std::move(f));
    auto result = task.get_future();
    STRATA_OK(detail::start_on_large_stack(std::move(task)));
    return result.get();
}

}  // namespace strata

#pragma once
// Runs work in a process of its own and kills it at a moment that a test chooses, counted from when the work had begun:
// on a machine with other work, a process may need seconds to start.
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <string>
#include <thread>

namespace strata::testing {

/// Tells the parent that the work has begun; the first call counts.
class ChildBegun {
  public:
    explicit ChildBegun(int pipe) : pipe_(pipe) {}
    void operator()() const {
        if (!told_ && ::write(pipe_, "x", 1) != 1) ::_exit(1);
        told_ = true;
    }
    int pipe() const { return pipe_; }

  private:
    int pipe_;
    mutable bool told_ = false;
};

/// Forks; the child calls `work`, which calls `begun` and does not return. Kills the child `delay` after that. Returns
/// true if the child lived until then. The child has no thread but one: for work that needs pools of threads, see
/// kill_test_after().
inline bool kill_after(std::chrono::milliseconds delay, const std::function<void(const ChildBegun& begun)>& work) {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) return false;
    const pid_t child = ::fork();
    if (child == 0) {
        work(ChildBegun(ends[1]));
        ::_exit(1);
    }
    ::close(ends[1]);
    char byte = 0;
    const bool has_begun = ::read(ends[0], &byte, 1) == 1;
    ::close(ends[0]);
    std::this_thread::sleep_for(delay);
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    return has_begun && WIFSIGNALED(status);
}

// The names under which the child finds its folder, and the end of the pipe that it writes to when it has begun.
inline constexpr const char* kChildFolder = "STRATA_TEST_CHILD_FOLDER";
inline constexpr const char* kChildPipe = "STRATA_TEST_CHILD_PIPE";

/// Does the same with this test program started anew, which runs one disabled test that works in `folder` without end.
inline bool kill_test_after(std::chrono::milliseconds delay, const std::string& test, const std::string& folder) {
    const std::string filter = "--gtest_filter=" + test;
    return kill_after(delay, [&](const ChildBegun& begun) {
        ::setenv(kChildFolder, folder.c_str(), 1);
        ::setenv(kChildPipe, std::to_string(begun.pipe()).c_str(), 1);
        ::execl("/proc/self/exe", "test", filter.c_str(), "--gtest_also_run_disabled_tests", nullptr);
    });
}

}  // namespace strata::testing

#pragma once
// Runs a different program, or this one again, as a child of this process. To be used by one thread.
#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <strata/base/result.hpp>

namespace strata {

/// Returns the file of the program that runs.
Result<std::filesystem::path> own_program();

/// How a process ended.
struct ProcessEnd {
    bool by_signal = false;
    int number = 0;  // of the signal, or the exit code

    bool is_good() const { return !by_signal && number == 0; }
    /// Returns "exit code 1" or "signal 9".
    std::string text() const { return (by_signal ? "signal " : "exit code ") + std::to_string(number); }
};

class ChildProcess {
  public:
    /// Starts `program` with these arguments (without its name). It reads nothing, and writes to `output`, which is
    /// made anew. The child gets SIGTERM if this process ends in any way. Errors: io, with the cause.
    static Result<ChildProcess> start(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                                      const std::filesystem::path& output);
    ChildProcess(ChildProcess&& other) noexcept : id_(std::exchange(other.id_, -1)), ended_(other.ended_) {}
    ChildProcess& operator=(ChildProcess&& other) noexcept;
    /// Kills the child if it runs.
    ~ChildProcess();

    pid_t id() const { return id_; }
    /// Sends a signal; nothing happens if the child has ended.
    void signal(int number);
    /// Returns how the child ended; empty while it runs.
    std::optional<ProcessEnd> ended();

  private:
    explicit ChildProcess(pid_t id) : id_(id) {}

    pid_t id_ = -1;
    std::optional<ProcessEnd> ended_{};
};

}  // namespace strata

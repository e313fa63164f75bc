#pragma once
// The process that holds the lock of a folder (folder_lock.hpp), so that it can be asked to end.
#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <utility>

#include <strata/base/result.hpp>

namespace strata {

/// To be used by one thread. The object keeps hold of the process itself: a new process that got the same number is
/// never meant.
class LockHolder {
  public:
    /// Returns the process that holds the lock of `folder`; empty if nobody does, or if there is no such folder.
    /// Errors: not_found if somebody does who cannot be found: a process of a different machine, container or user, or
    /// of a program that does not write its number; io.
    static Result<std::optional<LockHolder>> find(const std::filesystem::path& folder);
    LockHolder(LockHolder&& other) noexcept : process_(std::exchange(other.process_, -1)), id_(other.id_) {}
    LockHolder& operator=(LockHolder&& other) noexcept;
    ~LockHolder();

    pid_t id() const { return id_; }
    /// Sends SIGTERM; nothing happens if the process has ended. Errors: io if this user may not.
    Status ask_to_end();
    /// Waits at most this long; returns true once the process has ended.
    bool ended_within(std::chrono::milliseconds time) const;

  private:
    LockHolder(int process, pid_t id) : process_(process), id_(id) {}

    int process_ = -1;  // a file descriptor of the kernel's for the process (pidfd_open)
    pid_t id_ = -1;
};

}  // namespace strata

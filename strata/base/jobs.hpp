#pragma once
// Runs long work off the caller's thread, such as sealing and proofs. Jobs live in memory only; a caller keeps a record
// of its own and starts the job again after a restart. Results are taken by name on the caller's thread. Inside a job
// parallel_for uses all cores.
#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <strata/base/bytes.hpp>
#include <strata/base/mutex.hpp>
#include <strata/base/result.hpp>

namespace strata {

class Jobs {
  public:
    enum class Time {
        real,  // a result is available when the work is finished
        /// A result is available at its due epoch and not before; take() then waits until the work is finished. So the
        /// order of events does not depend on the speed of the machine.
        virtual_time,
    };
    enum class Urgency { background, deadline };
    /// The work of a job. It should end with Errc::cancelled soon after `stop` turns true.
    using Work = std::function<Result<Bytes>(const std::atomic<bool>& stop)>;

    explicit Jobs(Time time);
    /// Stops the running jobs and waits for them.
    ~Jobs();
    Jobs(const Jobs&) = delete;
    Jobs& operator=(const Jobs&) = delete;

    Time time() const { return time_; }
    /// Queues the work; urgent work never waits for background work. `due` is the epoch of the result in virtual
    /// time; real time does not use it. If the name is in use, its job stays and `work` is not run.
    void start(const std::string& name, std::int64_t due, Urgency urgency, Work work);
    bool has(const std::string& name) const;
    /// Returns the result if it is available at `now`; the job is then forgotten and its name is free again.
    std::optional<Result<Bytes>> take(const std::string& name, std::int64_t now);
    /// Returns the earliest epoch after `now` at which `take` may give a result. In real time that is always now + 1.
    std::int64_t next_look(const std::string& name, std::int64_t now) const;
    /// Stops the job and forgets its result.
    void drop(const std::string& name);

  private:
    struct Job {
        std::int64_t due = 0;
        Work work;
        std::atomic<bool> stop = false;
        std::optional<Result<Bytes>> result;
    };
    using JobPtr = std::shared_ptr<Job>;
    void run(bool urgent_only);
    JobPtr next(bool urgent_only) STRATA_REQUIRES(mutex_);

    const Time time_;
    mutable Mutex mutex_;
    Condition wake_, finished_;
    bool stopping_ STRATA_GUARDED_BY(mutex_) = false;
    std::map<std::string, JobPtr, std::less<>> jobs_ STRATA_GUARDED_BY(mutex_);
    std::deque<JobPtr> urgent_ STRATA_GUARDED_BY(mutex_), background_ STRATA_GUARDED_BY(mutex_);
    std::vector<JobPtr> running_ STRATA_GUARDED_BY(mutex_);
    std::vector<std::thread> threads_;
};

}  // namespace strata

#pragma once
// Works on requests that take time or wait for the chain, with a few threads of its own. Each request takes one step
// and then goes to the end of the queue, so that a long one does not delay the others. A request that
// waits for the next head uses no thread meanwhile, and is given up when its client leaves.
#include <chrono>
#include <deque>
#include <list>
#include <memory>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

#include <strata/base/mutex.hpp>

namespace strata::api {

class Job {
  public:
    explicit Job(std::stop_token gone) : gone_(std::move(gone)) {}
    virtual ~Job() = default;

    enum class Next { step, head, done };  // after a step: a further step, a step at the next head, or the end
    /// Takes one step. Called by one thread at a time.
    virtual Next step() = 0;
    /// Called instead of a step if nobody reads the answer any more, or if the desk stops.
    virtual void give_up() = 0;
    const std::stop_token& gone() const { return gone_; }
    /// When a job that waits for a head takes a step even without one. Asked after a step.
    virtual std::optional<std::chrono::steady_clock::time_point> wake_at() const { return std::nullopt; }

  private:
    std::stop_token gone_;
};

/// Runs jobs step by step. Thread-safe.
class Desk {
  public:
    explicit Desk(unsigned threads);
    Desk(const Desk&) = delete;
    Desk& operator=(const Desk&) = delete;
    ~Desk();

    /// Adds a job, which soon takes its first step. After stop() the job is given up at once.
    void add(std::shared_ptr<Job> job);
    /// Lets jobs that wait for a head take a step.
    void head_changed();
    /// Gives up all jobs, present and future ones. Waits for running steps.
    void stop();

  private:
    struct Entry;
    using EntryPtr = std::shared_ptr<Entry>;

    void work();
    /// Takes a step of a job; `seen` is the value of `heads_` before it.
    void take_step(const EntryPtr& entry, std::uint64_t seen);
    /// Lets a waiting job take a step, because its client has left.
    void wake(const EntryPtr& entry);
    /// Waits for work, or until a waiting job wants a step; that one then has work.
    void wait_for_work(Lock& lock) STRATA_REQUIRES(mutex_);

    Mutex mutex_;
    Condition changed_;
    std::deque<EntryPtr> queue_ STRATA_GUARDED_BY(mutex_);
    std::list<EntryPtr> waiting_ STRATA_GUARDED_BY(mutex_);
    std::uint64_t heads_ STRATA_GUARDED_BY(mutex_) = 0;  // how often the head has changed
    bool stopped_ STRATA_GUARDED_BY(mutex_) = false;
    std::vector<std::jthread> threads_;
};

}  // namespace strata::api

#pragma once
// Works on requests that take time or wait for the chain, with a few threads of its own. Each takes one step and goes
// to the end of the queue, so that a long request does not hold up the others. One that waits for the next head has no
// thread meanwhile, and leaves when its client does.
#include <deque>
#include <list>
#include <memory>
#include <stop_token>
#include <thread>
#include <vector>

#include <strata/base/mutex.hpp>

namespace strata::api {

class Job {
  public:
    explicit Job(std::stop_token gone) : gone_(std::move(gone)) {}
    virtual ~Job() = default;

    enum class Next { step, head, done };  // what comes after a step: another one, one at the next head, nothing
    /// By one thread at a time.
    virtual Next step() = 0;
    /// Instead of a step: nobody reads the answer, or the desk stops.
    virtual void give_up() = 0;
    const std::stop_token& gone() const { return gone_; }

  private:
    std::stop_token gone_;
};

/// Thread-safe.
class Desk {
  public:
    explicit Desk(unsigned threads);
    Desk(const Desk&) = delete;
    Desk& operator=(const Desk&) = delete;
    ~Desk();

    /// The first step comes soon. After stop() the job is given up at once.
    void add(std::shared_ptr<Job> job);
    /// Jobs that wait for a head get a step.
    void head_changed();
    /// All jobs are given up, now and later. Waits for steps that run.
    void stop();

  private:
    struct Entry;
    using EntryPtr = std::shared_ptr<Entry>;

    void work();
    void take_step(const EntryPtr& entry, std::uint64_t seen);
    void wake(const EntryPtr& entry);

    Mutex mutex_;
    Condition changed_;
    std::deque<EntryPtr> queue_ STRATA_GUARDED_BY(mutex_);
    std::list<EntryPtr> waiting_ STRATA_GUARDED_BY(mutex_);
    std::uint64_t heads_ STRATA_GUARDED_BY(mutex_) = 0;
    bool stopped_ STRATA_GUARDED_BY(mutex_) = false;
    std::vector<std::jthread> threads_;
};

}  // namespace strata::api

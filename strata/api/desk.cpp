#include <strata/api/desk.hpp>

#include <functional>

namespace strata::api {

struct Desk::Entry {
    explicit Entry(std::shared_ptr<Job> j) : job(std::move(j)) {}
    const std::shared_ptr<Job> job;
    std::optional<std::list<EntryPtr>::iterator> waits;            // its place in `waiting_`; under the desk's mutex
    std::optional<std::chrono::steady_clock::time_point> wake_at;  // the same
    /// This is the last member, so that it is destroyed before the rest: its destructor waits for a running callback.
    std::optional<std::stop_callback<std::function<void()>>> on_gone;
};

Desk::Desk(unsigned threads) {
    for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

Desk::~Desk() {
    stop();
}

void Desk::add(std::shared_ptr<Job> job) {
    auto entry = std::make_shared<Entry>(std::move(job));
    // The entry does not outlive the desk, and its destructor waits for this callback.
    entry->on_gone.emplace(entry->job->gone(), [this, weak = std::weak_ptr(entry)] {
        if (const auto found = weak.lock()) wake(found);
    });
    Lock lock(mutex_);
    if (!stopped_) {
        queue_.push_back(std::move(entry));
        changed_.notify_one();
        return;
    }
    lock.unlock();
    entry->job->give_up();
}

void Desk::head_changed() {
    const Lock lock(mutex_);
    ++heads_;
    for (const auto& entry : waiting_) {
        entry->waits.reset();
        queue_.push_back(entry);
    }
    waiting_.clear();
    changed_.notify_all();
}

void Desk::wake(const EntryPtr& entry) {
    const Lock lock(mutex_);
    if (!entry->waits) return;
    waiting_.erase(*entry->waits);
    entry->waits.reset();
    queue_.push_back(entry);
    changed_.notify_one();
}

void Desk::stop() {
    {
        const Lock lock(mutex_);
        stopped_ = true;
        changed_.notify_all();
    }
    for (auto& thread : threads_)
        if (thread.joinable()) thread.join();
    std::vector<EntryPtr> left;
    {
        const Lock lock(mutex_);
        left.assign(queue_.begin(), queue_.end());
        left.insert(left.end(), waiting_.begin(), waiting_.end());
        for (const auto& entry : waiting_) entry->waits.reset();
        queue_.clear();
        waiting_.clear();
    }
    // A job sends its answer when it gives up, so the mutex must not be held here.
    for (const auto& entry : left) entry->job->give_up();
}

void Desk::work() {
    Lock lock(mutex_);
    while (true) {
        while (!stopped_ && queue_.empty()) wait_for_work(lock);
        if (stopped_) return;
        EntryPtr entry = std::move(queue_.front());
        queue_.pop_front();
        const std::uint64_t seen = heads_;
        lock.unlock();
        take_step(entry, seen);
        entry.reset();  // the mutex must not be held: the destructor may wait for wake(), which locks it
        lock.lock();
    }
}

void Desk::wait_for_work(Lock& lock) {
    const EntryPtr* first = nullptr;
    for (const auto& entry : waiting_)
        if (entry->wake_at && (first == nullptr || *entry->wake_at < *(*first)->wake_at)) first = &entry;
    if (first == nullptr) return changed_.wait(lock);
    const auto at = *(*first)->wake_at;
    if (std::chrono::steady_clock::now() < at) {
        changed_.wait_until(lock, at);
        return;
    }
    const EntryPtr due = *first;
    waiting_.erase(*due->waits);
    due->waits.reset();
    queue_.push_back(due);
}

void Desk::take_step(const EntryPtr& entry, std::uint64_t seen) {
    if (entry->job->gone().stop_requested()) return entry->job->give_up();
    const auto next = entry->job->step();
    if (next == Job::Next::done) return;
    const Lock lock(mutex_);
    // A head that arrived during the step was not seen, and a client that left during the step is not reported again.
    if (next == Job::Next::head && heads_ == seen && !entry->job->gone().stop_requested()) {
        entry->waits = waiting_.insert(waiting_.end(), entry);
        entry->wake_at = entry->job->wake_at();
        // A thread that sleeps knows only of the jobs that waited before it did.
        if (entry->wake_at) changed_.notify_all();
        return;
    }
    queue_.push_back(entry);
    changed_.notify_one();
}

}  // namespace strata::api

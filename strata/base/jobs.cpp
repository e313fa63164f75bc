#include <strata/base/jobs.hpp>

#include <algorithm>

namespace strata {

Jobs::Jobs(Time time) : time_(time) {
    // The second thread takes only urgent jobs, so that these never wait for background work.
    threads_.emplace_back([this] { run(/*urgent_only=*/false); });
    threads_.emplace_back([this] { run(/*urgent_only=*/true); });
}

Jobs::~Jobs() {
    {
        const Lock lock(mutex_);
        stopping_ = true;
        for (const auto& job : running_) job->stop = true;
    }
    wake_.notify_all();
    for (auto& thread : threads_) thread.join();
}

void Jobs::start(const std::string& name, std::int64_t due, Urgency urgency, Work work) {
    {
        const Lock lock(mutex_);
        const auto [it, is_new] = jobs_.try_emplace(name);
        if (!is_new) return;
        it->second = std::make_shared<Job>();
        it->second->due = due;
        it->second->work = std::move(work);
        (urgency == Urgency::deadline ? urgent_ : background_).push_back(it->second);
    }
    wake_.notify_all();
}

bool Jobs::has(const std::string& name) const {
    const Lock lock(mutex_);
    return jobs_.contains(name);
}

std::optional<Result<Bytes>> Jobs::take(const std::string& name, std::int64_t now) {
    Lock lock(mutex_);
    const auto it = jobs_.find(name);
    if (it == jobs_.end()) return std::nullopt;
    const JobPtr job = it->second;
    if (time_ == Time::virtual_time) {
        // Waiting here, at the due epoch and not before it, makes events independent of how fast the machine is.
        if (now < job->due) return std::nullopt;
        while (!job->result) finished_.wait(lock);
    } else if (!job->result) {
        return std::nullopt;
    }
    jobs_.erase(name);
    return std::move(job->result);
}

std::int64_t Jobs::next_look(const std::string& name, std::int64_t now) const {
    const Lock lock(mutex_);
    const auto it = jobs_.find(name);
    if (it == jobs_.end() || time_ == Time::real) return now + 1;
    return std::max(now + 1, it->second->due);
}

void Jobs::drop(const std::string& name) {
    const Lock lock(mutex_);
    const auto it = jobs_.find(name);
    if (it == jobs_.end()) return;
    // A job that is running ends when it looks at `stop`; nobody takes its result then.
    it->second->stop = true;
    std::erase(urgent_, it->second);
    std::erase(background_, it->second);
    jobs_.erase(it);
}

Jobs::JobPtr Jobs::next(bool urgent_only) {
    for (auto* queue : {&urgent_, &background_}) {
        if (queue == &background_ && urgent_only) break;
        if (queue->empty()) continue;
        JobPtr job = std::move(queue->front());
        queue->pop_front();
        return job;
    }
    return nullptr;
}

void Jobs::run(bool urgent_only) {
    Lock lock(mutex_);
    for (;;) {
        JobPtr job;
        while (!stopping_ && (job = next(urgent_only)) == nullptr) wake_.wait(lock);
        if (stopping_) return;
        running_.push_back(job);
        // The work takes minutes, so it runs without the lock.
        lock.unlock();
        auto result = job->work(job->stop);
        lock.lock();
        job->work = nullptr;
        job->result = std::move(result);
        std::erase(running_, job);
        finished_.notify_all();
    }
}

}  // namespace strata

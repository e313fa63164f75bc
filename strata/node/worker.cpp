#include <strata/node/worker.hpp>

namespace strata::node {

Worker::Worker() : thread_([this] { run(); }) {}

Worker::~Worker() {
    {
        const Lock lock(mutex_);
        ends_ = true;
    }
    changed_.notify_all();
}

void Worker::post(std::function<void()> work) {
    {
        const Lock lock(mutex_);
        queue_.push_back(std::move(work));
    }
    changed_.notify_one();
}

void Worker::run() {
    Lock lock(mutex_);
    while (true) {
        while (!ends_ && queue_.empty()) changed_.wait(lock);
        if (ends_) return;
        const auto work = std::move(queue_.front());
        queue_.pop_front();
        lock.unlock();
        work();
        lock.lock();
    }
}

}  // namespace strata::node

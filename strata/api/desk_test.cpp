#include <strata/api/desk.hpp>

#include <gtest/gtest.h>

#include <future>
#include <string>

namespace strata::api {
namespace {

/// A job whose steps follow a script: 's' takes one more step, 'h' waits for a head, 'd' is done.
class Script final : public Job {
  public:
    Script(std::string steps, std::string& log, char name, std::stop_token gone = {})
        : Job(std::move(gone)), steps_(std::move(steps)), log_(log), name_(name) {}

    Next step() override {
        const Lock lock(mutex_);
        log_.push_back(name_);
        const char now = steps_[at_++];
        changed_.notify_all();
        return now == 's' ? Next::step : now == 'h' ? Next::head : Next::done;
    }
    void give_up() override {
        const Lock lock(mutex_);
        given_up_ = true;
        changed_.notify_all();
    }
    void wait_for_steps(std::size_t count) {
        Lock lock(mutex_);
        while (at_ < count) changed_.wait(lock);
    }
    void wait_until_given_up() {
        Lock lock(mutex_);
        while (!given_up_) changed_.wait(lock);
    }
    bool given_up() {
        const Lock lock(mutex_);
        return given_up_;
    }

  private:
    Mutex mutex_;
    Condition changed_;
    const std::string steps_;
    std::size_t at_ STRATA_GUARDED_BY(mutex_) = 0;
    bool given_up_ STRATA_GUARDED_BY(mutex_) = false;
    std::string& log_;
    const char name_;
};

/// Waits for a head, but no longer than until a time.
class Impatient final : public Job {
  public:
    explicit Impatient(std::chrono::steady_clock::time_point until) : Job({}), until_(until) {}
    Next step() override {
        if (std::chrono::steady_clock::now() < until_) return Next::head;
        done_.set_value();
        return Next::done;
    }
    void give_up() override { done_.set_value(); }
    std::optional<std::chrono::steady_clock::time_point> wake_at() const override { return until_; }
    void wait() { done_.get_future().wait(); }

  private:
    const std::chrono::steady_clock::time_point until_;
    std::promise<void> done_;
};

TEST(Desk, AJobMayWaitNoLongerThanItWants) {
    Desk desk(2);
    const auto now = std::chrono::steady_clock::now();
    const auto late = std::make_shared<Impatient>(now + std::chrono::milliseconds(60));
    const auto early = std::make_shared<Impatient>(now + std::chrono::milliseconds(20));
    desk.add(late);
    desk.add(early);
    early->wait();
    late->wait();
    EXPECT_GE(std::chrono::steady_clock::now(), now + std::chrono::milliseconds(60));
}

TEST(Desk, StepsTakeTurns) {
    std::string log;
    Desk desk(1);
    const auto first = std::make_shared<Script>("hsssd", log, 'a');
    const auto second = std::make_shared<Script>("hssd", log, 'b');
    desk.add(first);
    first->wait_for_steps(1);
    desk.add(second);
    second->wait_for_steps(1);
    desk.head_changed();
    first->wait_for_steps(5);
    desk.stop();
    EXPECT_EQ(log.substr(2), "abababa");
    EXPECT_FALSE(first->given_up());
}

TEST(Desk, ManyWaitForAHeadWithOneThread) {
    std::string log;
    Desk desk(1);
    std::vector<std::shared_ptr<Script>> jobs;
    for (int i = 0; i < 100; ++i) desk.add(jobs.emplace_back(std::make_shared<Script>("hd", log, 'x')));
    for (const auto& job : jobs) job->wait_for_steps(1);
    desk.head_changed();
    for (const auto& job : jobs) job->wait_for_steps(2);
}

TEST(Desk, AClientThatLeavesEndsItsJob) {
    std::string log;
    std::stop_source client;  // NOLINT(misc-const-correctness): it is changed below
    Desk desk(1);
    const auto job = std::make_shared<Script>("hd", log, 'a', client.get_token());
    desk.add(job);
    job->wait_for_steps(1);
    client.request_stop();
    job->wait_until_given_up();
    EXPECT_EQ(log, "a");
    const auto late = std::make_shared<Script>("d", log, 'b', client.get_token());
    desk.add(late);
    late->wait_until_given_up();
}

TEST(Desk, StoppingGivesUpWhatWaits) {
    std::string log;
    Desk desk(2);
    const auto job = std::make_shared<Script>("hd", log, 'a');
    desk.add(job);
    job->wait_for_steps(1);
    desk.stop();
    EXPECT_TRUE(job->given_up());
    const auto late = std::make_shared<Script>("d", log, 'b');
    desk.add(late);
    EXPECT_TRUE(late->given_up());
}

}  // namespace
}  // namespace strata::api

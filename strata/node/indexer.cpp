#include <strata/node/indexer.hpp>

#include <condition_variable>

#include <strata/base/log.hpp>
#include <strata/base/mutex.hpp>
#include <strata/chain/indexing.hpp>

namespace strata::node {
namespace {

const Log kLog("index");

}  // namespace

Indexer::Indexer(chain::ChainStore& chain, Pace pace)
    : chain_(chain), pace_(pace), thread_([this](const std::stop_token& stop) { work(stop); }) {}
Indexer::~Indexer() = default;

void Indexer::work(const std::stop_token& stop) {
    Mutex mutex;
    std::condition_variable_any ended;
    LogLimit failures(1, std::chrono::hours(1));  // a disk that is full is so for long
    const auto rest = [&](auto time) {
        Lock lock(mutex);
        ended.wait_for(lock, stop, time, [] { return false; });
    };
    bool is_told = false;
    while (!stop.stop_requested()) {
        const auto head = chain::head_of_indexing(chain_);
        if (head && !*head) break;
        if (head && !std::exchange(is_told, true))
            kLog.info("the index of the chain is being completed", {{"from", (**head)->height()}});
        const auto reached = head ? chain_.index_down(**head, pace_.tipsets) : Result<chain::TipsetPtr>(head.error());
        if (!reached) {
            kLog.limited(failures, LogLevel::warning, "the index of the chain cannot be completed now",
                         {{"cause", reached.error()}});
            rest(pace_.after_error);
            continue;
        }
        if ((*reached)->height() > 0) rest(pace_.pause);
    }
    if (stop.stop_requested()) return;
    if (is_told) kLog.info("the index of the chain is complete");
    is_done_ = true;
}

}  // namespace strata::node

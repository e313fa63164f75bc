#pragma once
// Asks name servers without making anybody wait who wants to stop: the system's functions cannot be cancelled, so each
// question has a thread of its own, which is left alone when nobody wants the answer any more. Thread-safe.
#include <condition_variable>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include <strata/base/bytes.hpp>
#include <strata/base/mutex.hpp>
#include <strata/base/result.hpp>

namespace strata::net {

/// Returns the IP addresses of a host, of 4 or 16 bytes each, in the order in which they are to be tried.
using NameLookup = std::function<Result<std::vector<Bytes>>(const std::string& host)>;

/// Asks the system, which may take half a minute. Errors: not_found; io.
Result<std::vector<Bytes>> ip_addresses(const std::string& host);

/// Runs work on a thread that nobody waits for: it may outlive everything but what it owns.
void run_apart(std::function<void()> work);

/// Runs a question apart and waits for the answer. Empty if `stop` was requested first.
template <class T>
std::optional<T> ask_apart(std::function<T()> question, const std::stop_token& stop) {
    struct Shared {
        Mutex mutex;
        std::condition_variable_any changed;
        std::optional<T> answer STRATA_GUARDED_BY(mutex);
    };
    const auto shared = std::make_shared<Shared>();
    run_apart([shared, question = std::move(question)] {
        auto answer = question();
        const Lock lock(shared->mutex);
        shared->answer.emplace(std::move(answer));
        shared->changed.notify_all();
    });
    const std::stop_callback wake(stop, [&shared] {
        const Lock lock(shared->mutex);
        shared->changed.notify_all();
    });
    Lock lock(shared->mutex);
    while (!shared->answer && !stop.stop_requested()) shared->changed.wait(lock);
    return std::move(shared->answer);
}

}  // namespace strata::net
